"""Running the program, and the tables that the tests need."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ["KMSRULES_BIN"]
KEPT = ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS")  # of the test run; nothing else of its environment is passed on
ENVIRONMENT = {name: os.environ[name] for name in KEPT if name in os.environ}
DATE = "2026-11-21"
HEAD = '<ruleset xmlns="urn:kmsrules:1" id="site" revision="1">'


def run(*arguments, env=None, **options):
    """The finished program: status, stdout and stderr as bytes. stdout and stderr may be redirected."""
    options.setdefault("stdout", subprocess.PIPE)
    options.setdefault("stderr", subprocess.PIPE)
    options.setdefault("stdin", subprocess.DEVNULL)
    options.setdefault("timeout", 60)
    command = [BINARY, *arguments]
    return subprocess.run(command, env={**ENVIRONMENT, **(env or {})}, check=False, **options)


def table(name="Desk", title="The book", note="", extra=""):
    """A small ruleset with one host, one key group and one edition; its texts are raw XML."""
    note = f' note="{note}"' if note else ""
    return f"""{HEAD}
  <source id="book" title="{title}" reliability="primary"/>
  <application id="desk" name="Desk"/>
  <release id="desk-1" name="Desk 1" kind="client" application="desk">
    <edition id="desk-1-work" name="{name}" volume="yes" source="book"/>
  </release>
  <key-group id="desk" name="Desk key" kind="client" application="desk" source="book">
    <covers editions="desk-1" source="book"{note}/>
    <fits hosts="desk-1" source="book"/>
  </key-group>
  <threshold kind="client" minimum="25" counts="client" source="book"/>
  {extra}
</ruleset>
"""


class Case(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kmsrules-cli-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def file(self, name, text):
        path = self.folder / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return str(path)

    def check(self, done, status, stdout=None, stderr=()):
        """Status, the whole of stdout (None: not looked at), and what stderr must hold; an empty tuple: nothing."""
        errors = (done.stderr or b"").decode(errors="backslashreplace")
        self.assertEqual(done.returncode, status, errors)
        if stdout is not None:
            self.assertEqual(done.stdout.decode(), stdout)
        for part in stderr:
            self.assertIn(part, errors)
        if not stderr:
            self.assertEqual(errors, "")
        return done

    def wrong_use(self, *arguments, says):
        return self.check(run(*arguments), 2, "", says if isinstance(says, tuple) else (says,))
