"""Files of predictions from elsewhere, as docs/comparing.md describes them.

Nothing is unpickled, and what a file claims is compared with what it holds before memory is taken
for it.
"""

import csv
import io
import json
import tokenize
import zipfile
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from math import prod
from pathlib import PurePath

import numpy as np

from core.comparison.predictions import Predictions
from core.data.archive import READ_ERRORS
from core.errors import ConvscopeError
from core.wording import shown

MAX_FILE_BYTES = 50 * 2**20
MAX_NUMBERS = 2_000_000  # in a file; 10,000 images of 200 classes
MAX_ROWS = 500_000  # of text, each of which takes many times its letters while it is read
MAX_ZIP_ENTRIES = 100
ZIP_ENTRY = b"PK\x01\x02"  # how each line of a zip's table of contents begins
MAX_CLASS_NAME = 100  # characters
MAX_LETTERS = 5_000_000  # of all names, were each as long as the longest
NAMED = ("predictions", "probabilities", "logits")  # arrays that an .npz is looked through for
NO_HEADER = (ValueError, TypeError, SyntaxError, tokenize.TokenError, RecursionError, MemoryError)
"""What numpy raises for the header of an .npy file that is none."""


def read_predictions(content: bytes, name: str) -> Predictions:
    """The predictions in a file, told apart by the ending of its name. Raises ConvscopeError, with
    the name, for what is none, or more than the bounds allow."""
    told = shown(PurePath(name).name)
    read = READERS.get(PurePath(name).suffix.lower())
    if read is None:
        raise ConvscopeError(
            f"{told} is none of {', '.join(READERS)}, in which predictions are read."
        )
    if not content:
        raise ConvscopeError(f"{told} is empty (0 bytes).")
    if len(content) > MAX_FILE_BYTES:
        raise ConvscopeError(
            f"{told} is larger than {MAX_FILE_BYTES // 2**20} MB, more than predictions need."
        )
    values, columns = read(content, told)
    return Predictions(told, _checked(values, told), columns)


def _checked(values: np.ndarray, name: str) -> np.ndarray:
    """As `Predictions.values`."""
    if not values.size or values.ndim not in (1, 2):
        raise ConvscopeError(
            f"{name} holds numbers of shape {list(values.shape)}; it must be one class for each "
            "image, or a row of probabilities or logits."
        )
    if values.dtype.kind == "U":
        return values
    with np.errstate(over="ignore"):
        numbers = values.astype(np.float32)
    if not np.isfinite(numbers).all():
        row = int(np.argwhere(~np.isfinite(numbers))[0, 0])
        raise ConvscopeError(f"Prediction {row + 1:,} in {name} is NaN, infinite or too large.")
    if values.ndim == 2 and values.shape[1] > 1:
        return numbers
    classes = values.reshape(-1)
    if (classes != np.floor(classes)).any():
        raise ConvscopeError(
            f"{name} has one number for each image, but not whole ones, as class indices are."
        )
    return np.clip(classes, -1, 2**31).astype(np.int64)


Read = tuple[np.ndarray, tuple[str, ...]]


def _read_csv(content: bytes, name: str) -> Read:
    rows = csv.reader(io.StringIO(_text(content, name, row_marks=b"\n\r")))
    try:
        return _table(filter(None, rows), name)
    except csv.Error as error:
        raise ConvscopeError(f"{name} is not a CSV file: {error}.") from error


def _read_json(content: bytes, name: str) -> Read:
    text = _text(content, name, row_marks=b"[{")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConvscopeError(f"{name} is not valid JSON.") from error
    if not isinstance(found, list) or not found:
        raise ConvscopeError(f"{name} must be a list: of classes, or of a list for each image.")
    return _table((row if isinstance(row, list) else [row] for row in found), name)


def _table(rows: Iterable[Sequence[object]], name: str) -> Read:
    """One row an image, perhaps below a row of names."""
    rows = _of_one_width(rows, name)
    first = next(rows, None)
    if not first:
        raise ConvscopeError(f"{name} holds no predictions.")
    words = [str(cell).strip() for cell in first]
    if len(words) == 1:
        return _one_column([words[0], *(str(row[0]).strip() for row in rows)], name), ()
    numbered = [str(number) for number in range(len(words))]  # as pandas names columns
    if words == numbered or not any(map(_is_number, words)):
        return _numbers(rows, name), tuple(words)
    return _numbers(chain([first], rows), name), ()


def _of_one_width(rows: Iterable[Sequence[object]], name: str) -> Iterator[Sequence[object]]:
    """The rows, until one is not as wide as the first."""
    width = None
    for row in rows:
        width = len(row) if width is None else width
        if len(row) != width:
            raise ConvscopeError(f"{name} has rows of different lengths ({width}, {len(row)}).")
        yield row


def _one_column(words: list[str], name: str) -> np.ndarray:
    """Class indices, perhaps below a heading, or names of classes."""
    if _is_number(words[-1]):
        numbers = words if _is_number(words[0]) else words[1:]
        return _numbers(([word] for word in numbers), name)
    if any(separator in words[-1] for separator in ";\t"):
        raise ConvscopeError(
            f"{name} seems to separate its columns by semicolons or tabs; separate them by commas."
        )
    longest = max(map(len, words))
    if longest > MAX_CLASS_NAME:
        raise ConvscopeError(f"{name} holds names longer than those of classes.")
    if longest * len(words) > MAX_LETTERS:  # each takes as much memory as the longest
        raise _too_many(name)
    return np.array(words)


def _numbers(rows: Iterable[Sequence[object]], name: str) -> np.ndarray:
    """float64 [rows, cells of one]; read one row at a time, as text takes many times the memory."""
    found = array("d")
    number = 0
    for number, row in enumerate(rows, start=1):
        try:
            found.extend([float(str(cell)) for cell in row])
        except ValueError as error:
            raise ConvscopeError(
                f"Prediction {number:,} in {name} is not made of numbers: "
                f"'{shown(', '.join(map(str, row[:3])), 40)}'."
            ) from error
    if not number:
        raise ConvscopeError(f"{name} holds no predictions.")
    return np.array(found).reshape(number, -1)


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _text(content: bytes, name: str, row_marks: bytes) -> str:
    """As text, once it is seen that it is not too many things; `row_marks`: any begins a row."""
    if max(map(content.count, row_marks)) > MAX_ROWS:
        raise ConvscopeError(
            f"{name} holds more than {MAX_ROWS:,} rows, more than predictions need."
        )
    if content.count(b",") > MAX_NUMBERS:
        raise _too_many(name)
    try:
        return content.decode("utf-8-sig")
    except UnicodeError as error:
        raise ConvscopeError(f"{name} is not text in UTF-8.") from error


def _read_npy(content: bytes, name: str) -> Read:
    """The array of an .npy file, after a look at what it says of itself: numpy makes room for all
    that it claims."""
    file = io.BytesIO(content)
    try:
        version = np.lib.format.read_magic(file)
        header = (
            np.lib.format.read_array_header_1_0
            if version == (1, 0)
            else np.lib.format.read_array_header_2_0
        )
        shape, by_columns, dtype = header(file)
    except NO_HEADER as error:
        raise ConvscopeError(f"{name} is not a whole .npy array; save it again.") from error
    if dtype.kind not in "biuf":
        raise ConvscopeError(
            f"{name} holds {'Python objects' if dtype.hasobject else dtype.name}, where numbers "
            "are read and nothing else."
        )
    count = prod(shape)
    if count > MAX_NUMBERS:
        raise _too_many(name)
    body = content[file.tell() :]
    if min(shape, default=0) < 0 or len(body) != count * dtype.itemsize:
        raise ConvscopeError(f"{name} is not a whole .npy array; save it again.")
    try:
        array = np.frombuffer(body, dtype).reshape(shape, order="F" if by_columns else "C")
    except NO_HEADER as error:  # a shape that numpy reads, and has no array for
        raise ConvscopeError(f"{name} is not a whole .npy array; save it again.") from error
    return array, ()


def _read_npz(content: bytes, name: str) -> Read:
    """The only array of an .npz file, or the one called as in NAMED."""
    if content.count(ZIP_ENTRY) > MAX_ZIP_ENTRIES:
        raise ConvscopeError(f"{name} holds more than {MAX_ZIP_ENTRIES} arrays.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            named = [PurePath(member.filename).stem for member in members]
            chosen = [member for member, key in zip(members, named, strict=True) if key in NAMED]
            if len(members) == 1:
                chosen = members
            if len(chosen) != 1:
                raise ConvscopeError(
                    f"{name} holds {len(members)} arrays ({shown(', '.join(named), 80)}); "
                    f"exactly one must be called {', '.join(NAMED[:-1])} or {NAMED[-1]}."
                )
            with archive.open(chosen[0]) as file:
                unpacked = file.read(MAX_FILE_BYTES + 1)
    except READ_ERRORS as error:
        raise ConvscopeError(f"{name} is not a whole .npz archive; save it again.") from error
    except RuntimeError as error:
        raise ConvscopeError(f"{name} is encrypted; save it without a password.") from error
    if len(unpacked) > MAX_FILE_BYTES:
        raise _too_many(name)
    return _read_npy(unpacked, name)


def _too_many(name: str) -> ConvscopeError:
    return ConvscopeError(
        f"{name} holds more than {MAX_NUMBERS:,} numbers, more than predictions need."
    )


READERS: dict[str, Callable[[bytes, str], Read]] = {
    ".csv": _read_csv,
    ".json": _read_json,
    ".npy": _read_npy,
    ".npz": _read_npz,
}
"""By the endings of files."""
