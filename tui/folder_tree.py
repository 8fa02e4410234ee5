"""Folders to look through; each is listed once it is opened, off the screen's thread."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from rich.text import Text, TextType
from textual import on, work
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Tree
from textual.widgets.tree import TreeNode
from textual.worker import get_current_worker

from triage.report.escape import plain
from tui.folders import Listing, list_folder, shortened

__all__ = ["FolderTree", "Place"]

MOST_LISTED = 500
LONGEST_LABEL = 200


@dataclass(frozen=True, slots=True)
class Place:
    """What a line of the tree stands for.

    Args:
        path: where it is.
        kind: a remark is no place at all.

    """

    path: Path
    kind: Literal["folder", "file", "above", "remark"]


class FolderTree(Tree[Place]):
    """Files and folders below a folder, and the way to the one above; names are shown as text, whatever they hold.

    Args:
        folder: where it begins.

    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("backspace", "above", "Folder above", show=False, id="folders.above"),
        Binding("right", "open", "Open", show=False, id="folders.open"),
        Binding("left", "close", "Close", show=False, id="folders.close"),
    ]

    class Chosen(Message):
        """A file was chosen."""

        def __init__(self, path: Path) -> None:
            """``path``: that of the file."""
            super().__init__()
            self.path = path

    class _Listed(Message):
        def __init__(self, node: TreeNode[Place], listing: Listing) -> None:
            super().__init__()
            self.node = node
            self.listing = listing

    def __init__(self, folder: Path, *, id: str | None = None) -> None:
        """Nothing is listed before it is mounted."""
        super().__init__(str(folder), Place(folder, "folder"), id=id)
        self.auto_expand = False
        self.guide_depth = 2

    def on_mount(self) -> None:
        """List the first folder."""
        self._begin_at(self._root_folder())

    def process_label(self, label: TextType) -> Text:
        """Show a name as text: neither markup nor control sequences."""
        return Text(plain(str(label), LONGEST_LABEL), no_wrap=True)

    def action_above(self) -> None:
        """Begin at the folder above."""
        self._begin_at(self._root_folder().parent)

    def action_open(self) -> None:
        """Open the folder under the cursor."""
        node = self.cursor_node
        if node is not None and node.data is not None and node.data.kind == "folder" and not node.is_expanded:
            node.expand()

    def action_close(self) -> None:
        """Close the folder under the cursor, or go to the one that holds what is there."""
        node = self.cursor_node
        if node is None or node.is_root:
            return
        if node.is_expanded:
            node.collapse()
        elif node.parent is not None:
            self.move_cursor(node.parent)

    @on(Tree.NodeSelected)
    def _choose(self, event: Tree.NodeSelected[Place]) -> None:
        event.stop()
        place = event.node.data
        if place is None:
            return
        match place.kind:
            case "file":
                self.post_message(self.Chosen(place.path))
            case "above":
                self._begin_at(place.path)
            case "folder" if event.node.is_expanded and not event.node.is_root:
                event.node.collapse()
            case "folder":
                event.node.expand()

    def _root_folder(self) -> Path:
        assert self.root.data is not None
        return self.root.data.path

    def _begin_at(self, folder: Path) -> None:
        with suppress(OSError):  # the current folder may be gone
            folder = folder.absolute()
        self.reset(_from_the_end(str(folder)), Place(folder, "folder"))
        self.root.expand()
        self.cursor_line = 0

    @on(Tree.NodeExpanded)
    def _opened(self, event: Tree.NodeExpanded[Place]) -> None:
        """List a folder anew whenever it is opened: it may have changed since."""
        event.stop()
        if self._holds(event.node):
            self._list(event.node)

    @work(thread=True)
    def _list(self, node: TreeNode[Place]) -> None:
        worker = get_current_worker()
        assert node.data is not None
        listing = list_folder(node.data.path, most=MOST_LISTED, stopped=lambda: worker.is_cancelled)
        self.post_message(self._Listed(node, listing))

    @on(_Listed)
    def _fill(self, event: _Listed) -> None:
        event.stop()
        node, listing = event.node, event.listing
        if node.data is None or not self._holds(node):
            return
        node.remove_children()
        folder = node.data.path
        if node.is_root and folder.parent != folder:
            node.add_leaf("../", Place(folder.parent, "above"))
        for entry in listing.entries:
            if entry.is_folder:
                node.add(f"{shortened(entry.name)}/", Place(folder / entry.name, "folder"))
            else:
                node.add_leaf(shortened(entry.name), Place(folder / entry.name, "file"))
        if remark := _remark(listing):
            node.add_leaf(remark, Place(folder, "remark"))

    def _holds(self, node: TreeNode[Place]) -> bool:
        """Whether a node is still in the tree, which may have begun elsewhere since."""
        while node.parent is not None and node in node.parent.children:
            node = node.parent
        return node is self.root


def _remark(listing: Listing) -> str:
    if listing.problem:
        return f"({listing.problem})"
    left = listing.matching - len(listing.entries)
    if left:
        return f"({left:,} more: type the beginning of the name)"
    return "" if listing.entries else "(nothing here)"


def _from_the_end(path: str, longest: int = 60) -> str:
    return path if len(path) <= longest else "…" + path[1 - longest :]
