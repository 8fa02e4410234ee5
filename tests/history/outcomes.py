"""What may come of reading a file of any bytes."""

from tests.history.files import is_sound
from triage.history import HistoryError, read_history


def is_history_or_refusal(path):
    """A sound history, or an error of one line; any other exception goes on."""
    try:
        history = read_history(path)
    except HistoryError as error:
        return "\n" not in str(error)
    return is_sound(history)
