"""Unpacks the native libraries of a class path and checks that each finds what it loads: check.py PLATFORM CLASSPATH_FILE FOLDER

ELF and Mach-O are read here, because no tool of one system reads both.
"""
import os
import re
import shutil
import struct
import sys
import tarfile
import zipfile

LINUX = {"linux-vdso.so.1", "libc.so.6", "libm.so.6", "libdl.so.2", "librt.so.1", "libpthread.so.0", "libgcc_s.so.1",
         "libstdc++.so.6", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}
MACOS = ("/usr/lib/", "/System/Library/")
# Extensions of the database that the service does not use need libraries and interpreters of the system.
UNUSED = re.compile("pl(python|perl|tcl)|pgxml")
# What opens process groups is Anneal's own; it lies in the jar for each platform that has it.
GROUPS = "src/main/resources/native/%s/libanneal_groups.so"
# DJL unpacks libtorch and what calls it into one folder.
PLACES = {
    "linux-x86_64": ("postgres-linux-x86_64.txz", 62),
    "linux-aarch64": ("postgres-linux-arm_64.txz", 183),
    "osx-aarch64": ("postgres-darwin-arm_64.txz", 0x100000C),
}


class Elf:
    """A library or program of Linux: names of the libraries that it needs, of versions of their interfaces, and its symbols."""

    def __init__(self, data, machine):
        assert struct.unpack_from("<H", data, 18)[0] == machine, "is for another processor"
        self.data = data
        sections, = struct.unpack_from("<Q", data, 40)
        size, count = struct.unpack_from("<HH", data, 58)
        self.headers = [struct.unpack_from("<IIQQQQIIQQ", data, sections + i * size) for i in range(count)]

    def section(self, kind):
        """Offset and size of a section, and the offset of its strings."""
        header = next((h for h in self.headers if h[1] == kind), None)
        return (0, 0, 0) if header is None else (header[4], header[5], self.headers[header[6]][4])

    def text(self, at):
        return self.data[at:self.data.index(b"\0", at)].decode()

    def needed(self):
        begin, size, strings = self.section(6)
        entries = struct.iter_unpack("<QQ", self.data[begin:begin + size])
        return [self.text(strings + value) for tag, value in entries if tag == 1]

    def versions(self):
        """Newest version of each interface of the system, for example GLIBC: (2, 28)."""
        at, size, strings = self.section(0x6FFFFFFE)
        newest = {}
        while size:
            _, count, _, first, following = struct.unpack_from("<HHIII", self.data, at)
            entry = at + first
            for _ in range(count):
                _, _, _, name, step = struct.unpack_from("<IHHII", self.data, entry)
                interface, _, version = self.text(strings + name).partition("_")
                number = tuple(int(part) for part in version.split("."))
                newest[interface] = max(newest.get(interface, number), number)
                entry += step
            if not following:
                break
            at += following
        return newest

    def symbols(self):
        """Names that it defines for others, and that it needs of others."""
        begin, size, strings = self.section(11)
        defined, needed = set(), set()
        for name, info, _, section, _, _ in struct.iter_unpack("<IBBHQQ", self.data[begin:begin + size]):
            if section and info >> 4:
                defined.add(self.text(strings + name))
            elif info >> 4 == 1:
                needed.add(self.text(strings + name))
        return defined, needed


def check_groups(folder, machine):
    """The library for process groups finds its functions in this very libtorch, and runs on each system on which that does."""
    def read(name):
        with open(os.path.join(folder, "torch", name), "rb") as file:
            return Elf(file.read(), machine)

    groups, libtorch = read("libanneal_groups.so"), [read("libtorch_cpu.so"), read("libc10.so")]
    defined, needed = groups.symbols()
    assert not defined, f"libanneal_groups.so shows others {sorted(defined)}"
    of_torch = {name for name in needed if re.search("NK?(3c10|4c10d|2at|5torch)", name)}
    assert len(of_torch) > 10, f"libanneal_groups.so needs only {sorted(of_torch)} of libtorch"
    absent = of_torch.difference(*(library.symbols()[0] for library in libtorch))
    assert not absent, f"libtorch lacks what libanneal_groups.so needs: {sorted(absent)}"
    for interface, version in groups.versions().items():
        newest = max(library.versions().get(interface, ()) for library in libtorch)
        assert version <= newest, f"libanneal_groups.so needs {interface} {version}, libtorch only {newest}"


def mach_o(data, machine):
    """Paths that a file loads, the name that it is known by, and the oldest macOS that it is made for."""
    start = 0
    if data[:4] == b"\xca\xfe\xba\xbe":
        parts = [struct.unpack_from(">IIIII", data, 8 + 20 * i) for i in range(struct.unpack_from(">I", data, 4)[0])]
        start = next(part[2] for part in parts if part[0] == machine)
    magic, processor, _, _, commands = struct.unpack_from("<IIIII", data, start)
    assert magic == 0xFEEDFACF and processor == machine, "is for another processor"
    at, loaded, name, oldest, signed = start + 32, [], None, None, False
    for _ in range(commands):
        command, size = struct.unpack_from("<II", data, at)
        if command in (0xC, 0xD, 0x80000018, 0x8000001F):
            begin = at + struct.unpack_from("<I", data, at + 8)[0]
            path = data[begin:data.index(b"\0", begin)].decode()
            name, loaded = (path, loaded) if command == 0xD else (name, loaded + [path])
        elif command == 0x32:
            version, = struct.unpack_from("<I", data, at + 12)
            oldest = (version >> 16, version >> 8 & 255)
        signed |= command == 0x1D
        at += size
    assert signed, "is not signed: Apple silicon ends it"
    return loaded, name, oldest


def unpack(platform, classpath, folder):
    """libtorch with its callers in one folder, as DJL does, the tokenizers and PostgreSQL in folders of their own."""
    found = set()
    for jar in classpath:
        with zipfile.ZipFile(jar) as entries:
            for name in entries.namelist():
                kind = next((kind for kind, prefix in {
                    "torch": f"pytorch/cpu/{platform}/", "jni": f"jnilib/{platform}/cpu/",
                    "tokenizers": f"native/lib/{platform}/cpu/"}.items() if name.startswith(prefix)), None)
                if kind and not name.endswith("/"):
                    found.add(kind)
                    target = os.path.join(folder, "torch" if kind == "jni" else kind)
                    os.makedirs(target, exist_ok=True)
                    with open(os.path.join(target, os.path.basename(name)), "wb") as out:
                        out.write(entries.read(name))
                if name == PLACES[platform][0]:
                    found.add("postgres")
                    with entries.open(name) as archive, tarfile.open(fileobj=archive, mode="r:xz") as tar:
                        tar.extractall(os.path.join(folder, "postgres"), filter="fully_trusted")
    assert found == {"torch", "jni", "tokenizers", "postgres"}, f"{platform}: only {sorted(found)} in the class path"


def main():
    platform, classpath, folder = sys.argv[1:]
    with open(classpath, encoding="utf-8") as file:
        unpack(platform, file.read().strip().split(":"), folder)
    if platform.startswith("linux"):
        shutil.copy(GROUPS % platform, os.path.join(folder, "torch"))
        check_groups(folder, PLACES[platform][1])
    files = [os.path.join(where, name) for where, _, names in os.walk(folder) for name in names]
    beside = {os.path.basename(file) for file in files}
    checked, newest, missing, names = 0, (0, 0), [], set()
    for file in files:
        if UNUSED.search(os.path.basename(file)):
            continue
        with open(file, "rb") as content:
            data = content.read()
        if data[:4] == b"\x7fELF":
            missing += [(file, name) for name in Elf(data, PLACES[platform][1]).needed() if name not in LINUX | beside]
        elif data[:4] in (b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe"):
            loaded, name, oldest = mach_o(data, PLACES[platform][1])
            newest = max(newest, oldest or newest)
            names.add(name)
            missing += [(file, path) for path in loaded if not path.startswith(MACOS)
                        and not (path.startswith("@") and os.path.basename(path) in beside)]
        else:
            continue
        checked += 1
    # macOS knows a library that is loaded already by its name, also where another's path to it leads nowhere: DJL loads libomp, which
    # libtorch looks for among Homebrew's files, before it.
    missing = [(file, path) for file, path in missing if path not in names]
    assert not missing, f"{platform}: neither bundled nor of the system: {missing}"
    assert checked > 10, f"{platform}: only {checked} programs and libraries"
    print(f"{platform}: {checked} programs and libraries find what they load"
          + (f"; made for macOS {newest[0]}.{newest[1]} or newer" if newest > (0, 0) else ""))


if __name__ == "__main__":
    main()
