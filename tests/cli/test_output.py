#!/usr/bin/python3
"""Where results go, and what happens when they cannot get there. KMSRULES_BIN=…/kmsrules test_output.py"""
import os
import pathlib
import resource
import signal
import stat
import subprocess
import tempfile
import threading
import unittest

from support import BINARY, ENVIRONMENT, Case, run, table

ASKED = ("--as-of", "2026-11-21", "explain", "windows-server-2022-standard", "windows-10-pro")
EXPECTED = run(*ASKED).stdout
HERE = pathlib.Path(__file__).resolve().parent


class StandardOutput(Case):
    def test_F211_dev_full(self):
        for arguments in (ASKED, ("--help",), ("--version",), ("rules", "list", "--format", "json"), ("can", "windows-server-2022", "windows-10")):
            with open("/dev/full", "wb") as full:
                self.check(run(*arguments, stdout=full), 5, None, ("kmsrules: standard output: No space left on device\n",))

    def test_F212_closed_standard_output(self):
        self.check(run(*ASKED, preexec_fn=lambda: os.close(1)), 5, None, ("standard output: Bad file descriptor",))
        for descriptor in (0, 2):
            done = run(*ASKED, preexec_fn=lambda number=descriptor: os.close(number))
            self.assertEqual((done.returncode, done.stdout), (0, EXPECTED))
        out = self.folder / "out"
        done = run("-o", str(out), *ASKED, preexec_fn=lambda: os.closerange(0, 3))
        self.assertEqual((done.returncode, out.read_bytes()), (0, EXPECTED))

    def test_F213_closed_standard_error(self):
        done = run("can", "nonsense", "Windows 10 Pro", preexec_fn=lambda: os.close(2))
        self.assertEqual((done.returncode, done.stdout), (2, b""))

    def broken_pipe(self, handler):
        reader, writer = os.pipe()
        os.close(reader)
        try:
            return run("editions", "windows-server-2022", stdout=writer, preexec_fn=lambda: signal.signal(signal.SIGPIPE, handler))
        finally:
            os.close(writer)

    def test_F214_F215_the_reader_goes_away(self):
        for handler in (signal.SIG_IGN, signal.SIG_DFL):
            done = self.broken_pipe(handler)
            self.check(done, 5, None, ("Broken pipe",))
            self.assertEqual(done.stderr.count(b"\n"), 1)

    def test_quiet_writes_nothing(self):
        with open("/dev/full", "wb") as full:
            self.check(run("-q", *ASKED, stdout=full), 0)


class OutputFile(Case):
    def setUp(self):
        super().setUp()
        self.target = self.folder / "answer.txt"

    def write(self, status=0, stderr=(), path=None, **options):
        done = self.check(run("-o", str(path or self.target), *ASKED, **options), status, "", stderr)
        self.assertEqual([name for name in os.listdir(self.folder) if name.startswith(".kmsrules")], [])
        return done

    def test_F209_replaced_as_a_whole_with_its_mode(self):
        self.write()
        self.assertEqual(self.target.read_bytes(), EXPECTED)
        self.target.write_text("old")
        self.target.chmod(0o640)
        before = self.target.stat().st_ino
        self.write()
        after = self.target.stat()
        self.assertEqual((self.target.read_bytes(), stat.S_IMODE(after.st_mode)), (EXPECTED, 0o640))
        self.assertNotEqual(after.st_ino, before)

    def test_F220_mode_of_a_new_file(self):
        for mask, mode in ((0o000, 0o666), (0o077, 0o600), (0o027, 0o640)):
            self.target.unlink(missing_ok=True)
            self.write(preexec_fn=lambda value=mask: os.umask(value))
            self.assertEqual(stat.S_IMODE(self.target.stat().st_mode), mode)

    def test_on_the_target_of_a_link(self):
        for name, content in (("real.txt", "old"), ("sub/new.txt", None)):
            real = self.folder / name
            real.parent.mkdir(exist_ok=True)
            if content:
                real.write_text(content)
            middle, link = self.folder / "middle", self.folder / "link"
            middle.symlink_to(name)
            link.symlink_to("middle")
            self.write(path=link)
            self.assertTrue(link.is_symlink() and middle.is_symlink())
            self.assertEqual(real.read_bytes(), EXPECTED)
            middle.unlink()
            link.unlink()
        (self.folder / "loop").symlink_to("loop")
        self.write(5, ("Too many levels of symbolic links",), path=self.folder / "loop")

    @unittest.skipUnless(os.geteuid() == 0, "only the superuser can give a link away")
    def test_a_link_that_somebody_planted_is_not_followed(self):
        shared, victim = self.folder / "shared", self.folder / "victim"
        shared.mkdir()
        shared.chmod(0o1777)
        victim.write_text("old")
        (shared / "out").symlink_to(victim)
        os.lchown(shared / "out", 65534, 65534)
        self.write(5, ("Permission denied",), path=shared / "out")
        self.assertEqual(victim.read_text(), "old")

    def test_privileges_of_the_old_file_are_not_taken_over(self):
        self.target.write_text("old")
        self.target.chmod(0o4755)
        self.write()
        self.assertEqual(stat.S_IMODE(self.target.stat().st_mode), 0o755)

    def test_devices_and_pipes_stay_what_they_are(self):
        self.write(5, ("/dev/full: No space left on device",), path="/dev/full")
        self.write(path="/dev/null")
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/full").st_mode) and stat.S_ISCHR(os.stat("/dev/null").st_mode))
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        read = []
        reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
        reader.start()
        self.write(path=pipe)
        reader.join()
        self.assertEqual(read, [EXPECTED])

    def test_F210_where_no_file_can_be(self):
        self.write(5, ("nowhere/x: No such file or directory",), path=self.folder / "nowhere/x")
        self.write(5, (f"{self.folder}: Is a directory",), path=self.folder)
        self.target.write_text("old")
        self.write(5, ("Not a directory",), path=self.target / "x")
        self.write(5, ("File name too long",), path=self.folder / ("x" * 300))
        self.write(5, ("File name too long",), path=str(self.folder) + "/x" * 4000)
        self.write(5, ("/proc/answer",), path="/proc/answer")

    def as_nobody(self):
        os.chmod(self.folder, 0o755)
        if os.geteuid() != 0:
            return {}
        try:
            if run("--version", user="nobody").returncode != 0:
                raise OSError
        except (OSError, LookupError):
            self.skipTest("the program cannot be run by nobody")
        return {"user": "nobody"}

    def test_F210_no_permission(self):
        options = self.as_nobody()
        self.target.write_text("old")
        self.target.chmod(0o444)
        self.write(5, ("answer.txt: Permission denied",), **options)
        self.assertEqual(self.target.read_text(), "old")
        locked = self.folder / "locked"
        locked.mkdir(mode=0o555)
        self.write(5, ("locked/new: Permission denied",), path=locked / "new", **options)

    def test_F244_table_without_permission(self):
        options = self.as_nobody()
        secret = self.file("secret.xml", table())
        os.chmod(secret, 0)
        self.check(run("--rules", secret, "can", "Desk", "Desk", **options), 5, "", ("Permission denied",))

    def test_F208_the_output_would_overwrite_an_input(self):
        rules, link, hard = self.file("rules.xml", table()), self.folder / "link", self.folder / "hard"
        link.symlink_to(rules)
        os.link(rules, hard)
        for output in (rules, link, hard):
            self.check(run("--rules", rules, "-o", str(output), "can", "Desk", "Desk"), 2, "", ("would overwrite", "rules.xml"))
        updates = self.file("updates.txt", "KB5036896")
        self.check(run("-o", updates, "can", "windows-server-2022-standard", "windows-10-pro", "--update", "@" + updates), 2, "", ("updates.txt",))
        self.check(run("-o", rules, "rules", "check", rules), 2, "", ("rules.xml",))
        self.assertEqual(pathlib.Path(rules).read_text(), table())

    def test_a_failed_run_leaves_the_old_file(self):
        self.target.write_text("old")
        self.check(run("-o", str(self.target), "explain", "nonsense", "Windows 10 Pro"), 2, "", ("nonsense",))
        self.check(run("-o", str(self.target), "--rules", self.file("t.xml", "<x/>"), "can", "a", "b"), 3, "", ("KR9",))
        self.assertEqual(self.target.read_text(), "old")
        self.check(run("-o", str(self.target), "can", "windows-7-enterprise", "windows-server-2022-standard"), 1, "")
        self.assertEqual(self.target.read_text(), "no\n")

    def test_F218_file_size_limit(self):
        self.target.write_text("old")
        self.write(5, ("File too large",), preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)))
        self.assertEqual(self.target.read_text(), "old")


class Faults(Case):
    """System calls that fail, and signals at the worst moment."""

    @classmethod
    def setUpClass(cls):
        cls.library = pathlib.Path(tempfile.mkdtemp(prefix="kmsrules-preload-")) / "preload.so"
        command = ["cc", "-shared", "-fPIC", "-o", str(cls.library), str(HERE / "preload.c"), "-ldl"]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise unittest.SkipTest(f"no compiler: {error}") from error
        probe = run("--version", env={"LD_PRELOAD": str(cls.library)})
        if probe.returncode != 0:
            raise unittest.SkipTest("a sanitizer does not let a library be preloaded")

    @classmethod
    def tearDownClass(cls):
        cls.library.unlink()
        cls.library.parent.rmdir()

    def setUp(self):
        super().setUp()
        self.target = self.folder / "answer.txt"
        self.target.write_text("old")

    def strike(self, **what):
        environment = {"LD_PRELOAD": str(self.library), **{f"PRELOAD_{name.upper()}": str(value) for name, value in what.items()}}
        return run("-o", str(self.target), *ASKED, env=environment)

    def test_F253_F255_calls_that_fail(self):
        for call in ("write", "fsync", "rename", "close"):
            for error, text in ((28, "No space left on device"), (5, "Input/output error"), (122, "Disk quota exceeded"), (18, "Invalid cross-device link")):
                self.check(self.strike(call=call, errno=error), 5, "", (f"answer.txt: {text}",))
                self.assertEqual((os.listdir(self.folder), self.target.read_text()), (["answer.txt"], "old"))

    def test_F246_short_writes(self):
        self.check(self.strike(call="short"), 0, "")
        self.assertEqual(self.target.read_bytes(), EXPECTED)

    def test_F216_signals_while_writing(self):
        for call in ("write", "fsync", "rename"):
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                done = self.strike(call=call, signal=int(number))
                self.assertEqual(done.returncode, -number)
                self.assertEqual((os.listdir(self.folder), self.target.read_text()), (["answer.txt"], "old"))

    def test_nohup_is_respected(self):
        environment = {**ENVIRONMENT, "LD_PRELOAD": str(self.library), "PRELOAD_CALL": "fsync", "PRELOAD_SIGNAL": str(int(signal.SIGHUP))}
        command = ["nohup", BINARY, "-o", str(self.target), *ASKED]
        subprocess.run(command, env={"PATH": "/usr/bin:/bin", **environment}, check=True, capture_output=True, timeout=60)
        self.assertEqual(self.target.read_bytes(), EXPECTED)


if __name__ == "__main__":
    unittest.main()
