# SPDX-License-Identifier: GPL-2.0
"""A kernel module as a file: what it exports and needs, and a copy under another name."""

import struct

FUNCTION = 2  # STT_FUNC
UNDEFINED = 0  # SHN_UNDEF
NAME_AT = 24  # of struct module: behind its state and its list
SYMBOLS = 2  # SHT_SYMTAB


class BadModule(Exception):
    """The file is no module for a 64-bit kernel."""


class Module:
    """A module: its name, its functions that others may call, and the names that it needs."""

    def __init__(self, data):
        self.data = data
        try:
            self._read_sections()
            self._read_symbols()
            self.name = self._modinfo()[b"name"].decode()
        except (struct.error, IndexError, KeyError, ValueError) as error:
            raise BadModule("it is no module for a 64-bit kernel") from error

    def _read_sections(self):
        if self.data[:6] != b"\x7fELF\x02\x01":
            raise ValueError
        at, = struct.unpack_from("<Q", self.data, 40)
        size, count, names = struct.unpack_from("<HHH", self.data, 58)
        rows = [struct.unpack_from("<IIQQQQIIQQ", self.data, at + i * size) for i in range(count)]
        self.rows = rows
        self.sections = {self._text(rows[names], row[0]): row for row in rows}

    def _text(self, table, offset):
        start = table[4] + offset
        return self.data[start:self.data.index(b"\0", start)].decode()

    def _read_symbols(self):
        table = next(row for row in self.rows if row[1] == SYMBOLS)
        names = self.rows[table[6]]
        functions, listed, self.needs = set(), set(), set()
        for at in range(table[4], table[4] + table[5], 24):
            name, info, _, section = struct.unpack_from("<IBBH", self.data, at)
            text = self._text(names, name)
            if section == UNDEFINED:
                self.needs.add(text)
            elif info & 15 == FUNCTION:
                functions.add(text)
            elif text.startswith("__ksymtab_"):
                listed.add(text[len("__ksymtab_"):])
        self.exports = functions & listed

    def _modinfo(self):
        row = self.sections[".modinfo"]
        lines = self.data[row[4]:row[4] + row[5]].split(b"\0")
        return dict(line.split(b"=", 1) for line in lines if b"=" in line)

    def parameters(self):
        """The names of those that it takes when it is loaded, each with its type."""
        row = self.sections[".modinfo"]
        lines = self.data[row[4]:row[4] + row[5]].decode(errors="replace").split("\0")
        pairs = (line[len("parmtype="):].partition(":") for line in lines if line.startswith("parmtype="))
        return {name: kind for name, _, kind in sorted(pairs)}

    def copy(self):
        """A second module of the same code, which the kernel loads beside the first."""
        old = self.name.encode()
        new = old[:-1] + (b"2" if old[-1:] != b"2" else b"3")
        data = bytearray(self.data)
        at = self.sections[".gnu.linkonce.this_module"][4] + NAME_AT
        data[at:at + len(old)] = new
        at = data.index(b"name=" + old + b"\0", self.sections[".modinfo"][4]) + len("name=")
        data[at:at + len(old)] = new
        return Module(bytes(data))
