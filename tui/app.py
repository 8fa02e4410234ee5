"""The app: screens, and the one place where messages become changes of the session."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.app import App, SystemCommand
from textual.screen import Screen

from triage.errors import TriageError
from triage.report.escape import plain
from tui.colours import THEMES
from tui.commands import CHANGES, COMMANDS, command_named
from tui.harmless import Harmless
from tui.messages import Attach, Brought, Command, Export, Follow, Heard, Revise, Said, ShowCause, Withdraw
from tui.settings import Settings
from tui.start_screen import NewWithLog, Resume, StartScreen
from tui.styles import style_files
from tui.wording import wording_of

if TYPE_CHECKING:
    from textual.filter import LineFilter
    from textual.types import CSSPathType

    from triage.attaching import Read
    from triage.events import Enclosed
    from tui.beginning import Begun
    from tui.consultation import Consultation, Entry
    from tui.log_reader import Purpose
    from tui.readers import Readers
    from tui.start_screen import Choice
    from tui.triage_screen import PassedOver, TriageScreen

__all__ = ["TriageApp"]


class TriageApp(App[int]):
    """The terminal UI of triage.

    Args:
        resume: id of a saved session to go on with, empty for the last one; None for the start screen.
        language: code of the language; by default that of the preferences, else English.
        packs: folders of the packs to use.
        preferences_folder: where keymap and preferences are; by default the person's own.

    """

    TITLE = "triage"
    CSS_PATH: ClassVar[CSSPathType | None] = [*style_files("start_screen", "help_screen")]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (80, "-medium"), (120, "-wide")]  # noqa: RUF012  # no ClassVar there
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]  # noqa: RUF012

    def __init__(
        self,
        *,
        resume: str | None = None,
        language: str | None = None,
        packs: Sequence[str] = (),
        preferences_folder: Path | None = None,
    ) -> None:
        """Nothing is loaded before the first paint."""
        super().__init__()
        self._resume = resume
        self._packs = tuple(packs)
        self._settings = Settings(self, preferences_folder, language, self._complain)
        self._harmless = Harmless()
        self._readers: Readers | None = None
        self.consultation: Consultation | None = None

    @property
    def language(self) -> str:
        """Code of the language of questions, results and the screen."""
        return self._settings.language

    @property
    def saved_id(self) -> str | None:
        """Id of the session that is saved, for `triage --resume`; None where nothing is."""
        return None if self.consultation is None else self.consultation.saved_id

    async def on_event(self, event: events.Event) -> None:
        """Let a sentence begin before its first character is passed on, as the rest of it may be waiting already."""
        if isinstance(event, events.Key) and not event.is_forwarded and (main := self._main()) is self.screen:
            main.before_key(event)
        await super().on_event(event)

    def on_mount(self) -> None:
        """Set colours and keys, and show the start screen or go on with a session."""
        for theme in THEMES:
            self.register_theme(theme)
        self._settings.use()
        if self._resume is None:
            self._start()
        else:
            self._begin(Resume(self._resume))

    def on_unmount(self) -> None:
        """Let go of what is being read, and of the saved session."""
        self._close()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: every command of a triage, or what the start screen has."""
        word = wording_of(self)
        if self._main() is not None:
            for command in COMMANDS:
                yield SystemCommand(
                    word(command.title), word(command.help), lambda name=command.name: self._command(name, "")
                )
        yield from super().get_system_commands(screen)

    def action_command(self, name: str) -> None:
        """Carry out a command of `tui.commands` by its key."""
        self._command(name, "")

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Those of Textual, and the last of all: nothing acts on the terminal, whatever a widget shows."""
        return [*super().get_line_filters(), self._harmless]

    def action_help(self) -> None:
        """Show all keys and commands."""
        from tui.help_screen import HelpScreen

        if not self.is_screen_installed("help"):
            self.install_screen(HelpScreen(), "help")
        help_screen = self.get_screen("help", HelpScreen)
        help_screen.tell(self.screen.active_bindings)
        self.push_screen(help_screen)

    def _start(self, notes: Sequence[str] = ()) -> None:
        self.push_screen(StartScreen(notes), self._begin)

    def _begin(self, choice: Choice | None) -> None:
        if choice is None:
            self.exit(0)
        else:
            self._load(choice)

    @work(thread=True, exclusive=True, group="load")
    def _load(self, choice: Choice) -> None:
        """Load the knowledge and the session off the screen's thread."""
        import tui.triage_screen  # noqa: F401  # takes too long for the screen's thread
        from tui.beginning import begin

        try:
            begun = begin(choice, self.language, self._packs)
        except TriageError as error:
            self.call_from_thread(self._start, [str(error)])
            return
        self.call_from_thread(self._show_triage, begun, ask=isinstance(choice, NewWithLog))

    def _show_triage(self, begun: Begun, *, ask: bool) -> None:
        from tui.readers import Readers
        from tui.triage_screen import TriageScreen

        self.consultation = begun.consultation
        self._readers = Readers(self, self._taken, self._enclosed, self._complain, self._read_so_far)
        screen = TriageScreen(begun.hear)
        screen.add(begun.consultation.opening())
        screen.show(begun.consultation.view())
        # Textual sorts a screen by its size only after it was painted once.
        sizes = (name for _, name in (*self.HORIZONTAL_BREAKPOINTS, *self.VERTICAL_BREAKPOINTS))
        screen.add_class(*(name for name in sizes if self.screen.has_class(name)))
        self.push_screen(screen)
        self.call_after_refresh(self._make_ready, begun.prepare)
        if begun.files:
            self._readers.log.read(begun.files, begun.chosen, begun.purpose)
        if ask:
            self.call_after_refresh(self._ask_for_files)

    @work(thread=True, exclusive=True, group="load")
    def _make_ready(self, prepare: Callable[[], None]) -> None:
        """Do what the first question need not wait for."""
        prepare()
        # Knowledge and widgets stay; to look through them for garbage again and again would hold answers up by 0.2 s.
        if self._readers is not None:
            gc.freeze()

    def _close(self) -> None:
        gc.unfreeze()
        if self._readers is not None:
            self._readers.close()
            self._readers = None
        if self.consultation is not None:
            self.consultation.close()

    def _main(self) -> TriageScreen | None:
        if self.consultation is None:
            return None
        from tui.triage_screen import TriageScreen

        return next((screen for screen in self.screen_stack if isinstance(screen, TriageScreen)), None)

    def _change(self, act: Callable[[Consultation], list[Entry]]) -> None:
        """Change the session, say what came of it, and show it everywhere."""
        main = self._main()
        if self.consultation is None or main is None:
            return
        try:
            entries = act(self.consultation)
        except TriageError as error:
            self._complain(str(error))
            return
        view = self.consultation.view()
        with self.batch_update():
            main.add(entries)
            for screen in self.screen_stack:
                if hasattr(screen, "show"):
                    screen.show(view)

    def _complain(self, problem: str) -> None:
        named = any(mark in problem.partition(" ")[0] for mark in "./:")
        told = problem if named else f"{problem[:1].upper()}{problem[1:]}"
        self.notify(plain(told, 500), severity="error", markup=False, timeout=8)

    def _taken(self, purpose: Purpose, read: Read) -> None:
        self._change(lambda consultation: consultation.receive(purpose, read.event, read.history))

    def _enclosed(self, event: Enclosed) -> None:
        self._change(lambda consultation: consultation.enclose(event))

    def _read_so_far(self, share: float | None, words: str) -> None:
        if (main := self._main()) is not None and main.is_mounted:
            main.read_so_far(share, words)

    @on(Said)
    def _on_said(self, event: Said) -> None:
        self._change(lambda consultation: consultation.say(event.finding, event.states))

    @on(Brought)
    def _on_brought(self, event: Brought) -> None:
        self._change(lambda consultation: consultation.bring_up(event.findings))

    @on(Heard)
    def _on_heard(self, event: Heard) -> None:
        from triage.attaching import attached

        history = event.telling.history
        if history is not None:
            self._change(lambda consultation: consultation.take_in(attached(history), history))
        for some in event.telling.enclosed:
            self._enclosed(some)

    @on(Withdraw)
    def _on_withdraw(self, event: Withdraw) -> None:
        self._change(lambda consultation: consultation.withdraw(event.finding))

    @on(Revise)
    def _on_revise(self, event: Revise) -> None:
        self._change(lambda consultation: consultation.revise(event.finding))
        if (main := self._main()) is not None:
            self._back_to_main(main)
            main.look_at("talk")

    @on(ShowCause)
    def _on_show_cause(self, event: ShowCause) -> None:
        from tui.cause_screen import CauseScreen

        if self.consultation is not None:
            self.push_screen(CauseScreen(event.cause, self.consultation.view()))

    @on(Attach)
    def _on_attach(self, event: Attach) -> None:
        if self._readers is not None:
            self._readers.attach([str(file) for file in event.files], beside=event.beside, run=event.run)

    @on(Follow)
    def _on_follow(self, event: Follow) -> None:
        if self._readers is None or not self._readers.log.files:
            self._complain(wording_of(self)("attach a log first; then it can be followed"))
            return
        self._readers.log.follow(wanted=event.wanted)
        told = "The log is followed." if event.wanted else "The log is followed no more."
        self.notify(wording_of(self)(told), markup=False)

    @on(Export)
    def _on_export(self, event: Export) -> None:
        from tui.exporting import write_report
        from tui.picture import widened

        if self.consultation is None:
            return
        try:
            write_report(self.consultation.view(), event.kind, event.path, widened(self.export_screenshot()))
        except TriageError as error:
            self._complain(str(error))
        else:
            self.notify(wording_of(self)("Written to {file}", file=plain(str(event.path), 200)), markup=False)

    @on(Command)
    def _on_command(self, event: Command) -> None:
        self._command(event.name, event.argument)

    def on_passed_over(self, event: PassedOver) -> None:
        """Nothing of what is offered first is wrong."""
        self._change(lambda consultation: consultation.pass_over())

    def _command(self, name: str, argument: str) -> None:
        """Carry out a command, wherever it was given."""
        command = command_named(name)
        main = self._main()
        if command is None:
            self._complain(wording_of(self)("there is no command /{name}; /help lists them", name=name))
            return
        if command.name in CHANGES:
            if command.name not in ("undo", "redo"):
                self._back_to_main(main)
            if main is not None and not main.has_class("-wide"):
                main.look_at("talk")
            self._change(CHANGES[command.name])
        elif command.name in ("talk", "causes", "curve", "evidence"):
            self._back_to_main(main)
            if main is not None:
                main.look_at(command.name)
        else:
            self._do(command.name, argument)

    def _back_to_main(self, main: TriageScreen | None) -> None:
        while main is not None and self.screen is not main:
            self.pop_screen()

    def _do(self, name: str, argument: str) -> None:
        match name:
            case "help":
                self.action_help()
            case "attach":
                self._attach_files(argument)
            case "follow":
                self.post_message(Follow(wanted=self._readers is not None and not self._readers.log.following))
            case "cancel":
                if self._readers is None or not self._readers.cancel():
                    self.notify(wording_of(self)("Nothing is being read."), markup=False)
            case "verdict":
                self._show_verdict()
            case "export":
                self._show_export(argument)
            case "theme":
                self._settings.switch_theme()
            case "motion":
                self._settings.switch_motion()
            case "language":
                self._switch_language()
            case "start":
                self._put_away()
                self._start()
            case "quit":
                self.exit(0)

    def _attach_files(self, named: str) -> None:
        """Attach what is named; where a run is attached already, ask whether it belongs to that."""
        from triage.enclosing import by_kind
        from tui.pasted import files_named, folder_named, problem_with, split_run

        files, run = split_run(named)
        if not named:
            self._ask_for_files()
        elif (folder := folder_named(files)) is not None:
            self.post_message(Attach((folder,), beside=False, run=run))
        elif problem := problem_with(files):
            self._complain(problem)
        elif self._readers is not None and self._readers.log.files and by_kind(map(str, files_named(files)))[0]:
            self._ask_for_files(named)
        else:
            self.post_message(Attach(files_named(files), beside=False, run=run))

    def _ask_for_files(self, named: str = "") -> None:
        from tui.attach_screen import AttachScreen

        attached = () if self._readers is None else self._readers.log.files
        self.push_screen(AttachScreen(attached, Path.cwd(), named))

    def _show_verdict(self) -> None:
        from tui.verdict_screen import VerdictScreen

        if self.consultation is not None and not isinstance(self.screen, VerdictScreen):
            self.push_screen(VerdictScreen(self.consultation.view()))

    def _show_export(self, path: str) -> None:
        from tui.export_screen import ExportScreen

        self.push_screen(ExportScreen(path))

    def _switch_language(self) -> None:
        """Go on in the next language: with the saved session, or on the start screen where there is none."""
        self._settings.switch_language()
        name = self.saved_id
        self._put_away()
        if self.is_screen_installed("help"):
            self.uninstall_screen("help")
        if name is None:
            self._start()
        else:
            self._begin(Resume(name))

    def _put_away(self) -> None:
        """Close the session, which stays saved, and every screen of it."""
        self._close()
        self.consultation = None
        while len(self.screen_stack) > 1:
            self.pop_screen()
