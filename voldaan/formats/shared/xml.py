"""The only ways in which XML comes in: a small tree by lxml; a large file by expat, as a stream or in pieces.

All refuse any DOCTYPE, so there are no entities to expand, no external files to fetch and nothing to be late for.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import BinaryIO, NoReturn
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser
from xml.parsers import expat

from lxml import etree

from voldaan.rules.papers import Problem
from voldaan.rules.refusals import mark

DEEPEST = 200  # levels; real bank files and invoices have fewer than 20
CHUNK = 1 << 16
LONGEST_TEXT = 1 << 20  # bytes of one tag, comment or text; expat scans an unfinished tag anew with every chunk
LARGEST_PIECE = 1 << 21  # bytes of which all is kept; ten times as much memory
MOST_CHILDREN = 10_000  # of one piece; a real one has some twenty
MOST_NAMES = 500  # that we remember of one parent; a Shape is kept for all files
LONGEST_FIELD = 1 << 15  # characters in which a repeated element is gathered; adding to a text copies it
CUT = "cut"

NOT_WELL_FORMED = mark("This is not well-formed XML. The file may be cut off; download it again.")
HAS_DOCTYPE = mark("The file carries a document type definition, which bank files and invoices never need: refused.")
TOO_DEEP = mark("The elements are nested more than {limit} levels deep, which no bank file or invoice needs: refused.")
TOO_LONG = mark("One tag or text is longer than {limit} bytes, which no bank file or invoice needs: refused.")
TOO_MANY = mark("One element has more than {limit} fields or names, which no bank file needs: refused.")
UNKNOWN_ENCODING = mark("The file says that its encoding is “{encoding}”, which we cannot read.")

Fields = dict[str, str]


class BadXML(Exception):  # noqa: N818 - caught by every reader and given back as its problem
    """The XML is hostile or broken; `problem` names the place."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def stream(
    source: BinaryIO,
    start: Callable[[str, dict[str, str]], object],
    end: Callable[[str], object],
    text: Callable[[str], object],
) -> Iterator[None]:
    """Feed `source` to the handlers and yield after each chunk, so that a generator can hand on what they gathered.

    Names are local, without namespace.

    Raises:
        BadXML: for a DOCTYPE, more than DEEPEST levels, or XML that is not well-formed.
    """
    parser = _parser()
    depth = fed = 0

    def opened(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            _refuse(TOO_DEEP, DEEPEST, parser)
        start(name.rpartition(" ")[2], attributes)

    def closed(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(name.rpartition(" ")[2])

    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.CharacterDataHandler = text
    try:
        while chunk := source.read(CHUNK):
            parser.Parse(chunk, False)
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > LONGEST_TEXT:
                _refuse(TOO_LONG, LONGEST_TEXT, parser)
            yield
        parser.Parse(b"", True)
        yield
    except expat.ExpatError as error:
        raise _broken(error.lineno) from error


def pieces(source: BinaryIO, within: frozenset[str]) -> Iterator[tuple[str, str, Element | None]]:
    """Yield the children of the elements named in `within`, each as soon as it is complete, and then forget it.

    A piece comes as name of the parent, own name, and element; after the last child come the name of the parent, "" and
    None. Leaves that stand outside come in the same way. Namespaces are left out of the two names. A piece of more than
    LARGEST_PIECE bytes loses all but its last grandchildren and bears the attribute CUT.

    Expat builds the pieces by itself, which takes less time than calling any function of ours for each element.

    Raises:
        BadXML: as `stream`, and for texts and numbers of elements that no real file has.
    """
    builder = TreeBuilder()
    file = builder.start("file", {})
    # No DOCTYPE passes `_Prolog`, and without entities this parser does nothing that could harm.
    parser, prolog = XMLParser(target=builder), _Prolog()  # noqa: S314
    names = _Names()
    growth = _Growth(file, within, names)
    try:
        while chunk := source.read(CHUNK):
            prolog.feed(chunk)
            parser.feed(chunk)
            for piece in _harvest(file, "", within, names):
                growth.since_piece = 0
                yield piece
            growth.check(len(chunk))
        parser.close()
        yield from _harvest(file, "", within, names, complete=True)
    except expat.ExpatError as error:
        raise _broken(error.lineno) from error
    except ParseError as error:
        raise _broken(error.position[0]) from error


def _harvest(
    parent: Element, name: str, within: frozenset[str], names: _Names, *, complete: bool = False, depth: int = 0
) -> Iterator[tuple[str, str, Element | None]]:
    """Yield what is complete below `parent`, which is so itself or not yet, and take it out of the tree."""
    if depth > DEEPEST:
        _refuse(TOO_DEEP, DEEPEST)
    whole = len(parent) if complete else len(parent) - 1  # the last child may still be growing
    for at, child in enumerate(parent):
        local = names[child.tag]
        if name in within:
            if at < whole:
                yield name, local, child
        elif local in within or len(child):
            yield from _harvest(child, local, within, names, complete=at < whole, depth=depth + 1)
            if at < whole and local in within:
                yield local, "", None
        elif at < whole:
            yield name, local, child
    if whole > 0:
        del parent[:whole]


class _Growth:
    """Watches what is still open, once for each chunk, so that no file can make us hold or scan it all."""

    def __init__(self, file: Element, within: frozenset[str], names: _Names) -> None:
        self.file, self.within, self.names = file, within, names
        self.since_piece = self.since_element = 0
        self.newest = file

    def check(self, fed: int) -> None:
        opened = [self.file]
        while len(opened[-1]):
            opened.append(opened[-1][-1])
            if len(opened) > DEEPEST:
                _refuse(TOO_DEEP, DEEPEST)
        self.since_element = self.since_element + fed if opened[-1] is self.newest else 0
        self.newest = opened[-1]
        if self.since_element > LONGEST_TEXT:
            _refuse(TOO_LONG, LONGEST_TEXT)
        self.since_piece += fed
        if self.since_piece > LARGEST_PIECE:
            self._cut(opened)

    def _cut(self, opened: list[Element]) -> None:
        parents = [at for at, element in enumerate(opened) if self.names[element.tag] in self.within]
        piece, *below = opened[parents[0] + 1 :] if parents else [self.file]
        piece.set(CUT, "")
        for element in below:
            del element[:-1]
        if len(piece) > MOST_CHILDREN:
            _refuse(TOO_MANY, MOST_CHILDREN)


class _Prolog:
    """Reads a file up to its root element, only to refuse a DOCTYPE or an encoding before anything else reads it."""

    def __init__(self) -> None:
        self.parser, self.reading = _parser(), True
        self.parser.StartElementHandler = self._root

    def _root(self, _name: str, _attributes: dict[str, str]) -> None:
        self.reading = False

    def feed(self, chunk: bytes) -> None:
        if self.reading:
            self.parser.Parse(chunk, False)


class _Names(dict[str, str]):
    """The local name of each tag."""

    def __missing__(self, tag: str) -> str:
        if len(self) > MOST_CHILDREN:
            _refuse(TOO_MANY, MOST_CHILDREN)
        self[tag] = tag.rpartition("}")[2]
        return self[tag]


Place = tuple[str, str, "Shape | None", bool]  # field, its unit's attribute, what is below, and whether that repeats


class Shape(dict[str, Place | None]):
    """Which elements are wanted below one, by path: `{"Amt@Ccy": "amount", "Dt/Dt": "day", "TxDtls": Shape(...)}`.

    A path leads to the name of a field or, where the element is a record that may repeat, to the shape of that. An
    attribute after @ is put before the text: `EUR 12.50`. A Shape is a dict from tag to place and learns namespaces.
    """

    def __init__(self, paths: Mapping[str, str | Shape]) -> None:
        super().__init__()
        for path, wanted in paths.items():
            self.put(path, wanted)

    def put(self, path: str, wanted: str | Shape) -> None:
        """Add one path."""
        head, _, rest = path.partition("/")
        name, _, unit = head.partition("@")
        field, _, below, _ = self.get(name) or ("", "", None, False)
        if rest:
            below = Shape({}) if below is None else below
            below.put(rest, wanted)
            self[name] = (field, "", below, False)
        elif isinstance(wanted, Shape):
            self[name] = ("", "", wanted, True)
        else:
            self[name] = (wanted, unit, below, False)

    def __missing__(self, tag: str) -> Place | None:
        place = self.get(tag.rpartition("}")[2])
        if len(self) < MOST_NAMES:
            self[tag] = place
        return place


def gather(elements: Iterable[Element], shape: Shape, into: Fields, records: list[Fields]) -> None:
    """Put the wanted texts of `elements` into `into`, on lines of their own where repeated, and records into `records`.

    Raises:
        BadXML: for a repeated element of more than LONGEST_FIELD characters.
    """
    for element in elements:
        if (place := shape[element.tag]) is not None:
            field, unit, below, repeats = place
            if field and (text := element.text) and (text := text.strip()):
                if unit:
                    text = f"{element.get(unit, '')} {text}".lstrip()
                into[field] = text if field not in into else _longer(into[field], text)
            if below is not None:
                if repeats:
                    record: Fields = {}
                    gather(element, below, record, records)
                    records.append(record)
                else:
                    gather(element, below, into, records)


def _longer(text: str, line: str) -> str:
    if len(text) > LONGEST_FIELD:
        _refuse(TOO_LONG, LONGEST_FIELD)
    return f"{text}\n{line}"


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def declared(_version: str, encoding: str | None, _standalone: int) -> None:
        # Expat asks Python for an encoding it does not know; what Python then raises must not look like our mistake.
        try:
            expat.ParserCreate().Parse(f'<?xml version="1.0" encoding="{encoding or "utf-8"}"?><a/>'.encode(), True)
        except (LookupError, ValueError):
            facts = {"encoding": (encoding or "")[:60]}
            raise BadXML(Problem("line 1", UNKNOWN_ENCODING, facts=facts)) from None
        except expat.ExpatError:
            return

    parser.XmlDeclHandler = declared
    # Without a DOCTYPE there is nothing to expand; a handler that raises stops expat on the spot.
    parser.StartDoctypeDeclHandler = lambda *_: _refuse(HAS_DOCTYPE, 0, parser)
    return parser


def _refuse(what: str, limit: int, parser: expat.XMLParserType | None = None) -> NoReturn:
    place = f"line {parser.CurrentLineNumber}" if parser else "file"
    raise BadXML(Problem(place, what, facts={"limit": str(limit)}))


def _broken(line: int) -> BadXML:
    return BadXML(Problem(f"line {line}", NOT_WELL_FORMED))


def tree(data: bytes) -> etree._Element:
    """Parse a small document (an invoice) into a tree.

    Raises:
        BadXML: for a DOCTYPE, more than DEEPEST levels, or XML that is not well-formed.
    """
    for _ in stream(io.BytesIO(data), lambda *_: None, lambda *_: None, lambda *_: None):
        pass
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise _broken(error.lineno or 1) from error
