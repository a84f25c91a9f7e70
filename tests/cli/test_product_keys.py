#!/usr/bin/python3
"""What looks like a product key comes in nowhere and goes out nowhere: every command and option, every file that is read. KMSRULES_BIN=…/kmsrules test_product_keys.py"""
import json
import os
import re
import unicodedata
import unittest

from support import HEAD, Case, run, table

KEY = "-".join(letter * 5 for letter in "BCDFG")
CODED = KEY.replace("-", "&#45;")  # what only an XML parser sees as one
FORMS = (KEY, KEY.lower(), f"x {KEY} y", f"{KEY},KB1", f"a={KEY}", f"@{KEY}", f"./{KEY}.xml")
GROUPS = ("2B7QX", "GG4HJ", "KMN3P", "TVW6Y", "98RDC")
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
DISGUISED = [dash.join(GROUPS) for dash in ("-", "\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2212", "\xad", "_", ".", " ", "--", "\t", "\xa0", "")]
DISGUISED += ["x" + DISGUISED[0], DISGUISED[0] + "1", DISGUISED[0].lower(), "".join(GROUPS).lower(), DISGUISED[0].translate(WIDE), " \u2013 ".join(GROUPS).lower()]
SOME = [DISGUISED[i] for i in (4, 7, 8, 12, 14, 15, 20)]  # which texts are keys is tested by test_base.c
EVENT = ["0x0", "25", "pc001.contoso.example", "00000000-0000-4000-8000-000000000001", "2024/5/6 7:08", "0", "1", "249120", "68531fb9-5511-4989-97be-d11a0f55633f"]
SLMGR = """Name: Windows(R), ServerStandard edition
Description: Windows(R) Operating System, VOLUME_KMS_2012-R2_WIN10 channel
Partial Product Key: 7QW8E
License Status: Licensed
Key Management Service is enabled on this machine
    Current count: 50
    Listening on Port: 1688
    Registered KMS machine name: kms01.contoso.example:1688
    KMS machine extended PID: x
"""
HOST = "Windows Server 2022 Standard"
SHOWN = re.compile(b"B{5}-C{5}-D{5}|b{5}-c{5}-d{5}")


def commands():
    """Each command with the options that its help names: (words, [(option, whether it takes a value)])."""
    general = run("--help").stdout.decode()
    for name in re.findall(r"^  ((?:rules )?[a-z]+)(?: .*)?\n {10}", general.split("Options:")[0], re.MULTILINE):
        text = run(*name.split(), "--help").stdout.decode()
        yield name.split(), sorted(set(re.findall(r"^ {2}(?: {4}|-., )(--[a-z-]+)( [A-Z@a-z])?", text, re.MULTILINE)))


class ProductKeys(Case):
    def unseen(self, done, statuses):
        self.assertIn(done.returncode, statuses, done.stderr)
        self.assertIsNone(SHOWN.search((done.stdout or b"") + (done.stderr or b"")), (done.args[1:], done.stdout, done.stderr))
        return done

    def test_every_command_and_option(self):
        found = list(commands())
        general = set.intersection(*[set(options) for _, options in found])
        self.assertGreaterEqual({option for option, _ in general}, {"--rules", "--format", "--output", "--as-of"})
        self.assertGreaterEqual({" ".join(words) for words, _ in found},
                                {"explain", "can", "editions", "hosts", "keys", "highest", "identify", "check", "runbook", "rules list", "rules check"})
        count = 0
        for words, options in found:
            self.assertGreater(len(options), 5)
            forms = FORMS if words == ["explain"] else FORMS[:1]  # the words of all commands take one way
            for form in forms:
                self.unseen(run(*words, form), (2,))
                self.unseen(run(*words, HOST, form), (2,))
                self.unseen(run(*words, HOST, "Windows 10 Pro", "--", form), (2,))
            for option, value in options if words == ["explain"] else [each for each in options if each not in general]:
                for form in forms if value else FORMS[:1]:
                    self.unseen(run(*words, HOST, "Windows 10 Pro", option, form), (2,))
                    self.unseen(run(*words, HOST, f"{option}={form}"), (2,))
                    count += 1
            self.unseen(run(f"--{KEY}", *words), (2,))
            self.unseen(run(*words, f"-o{KEY}"), (2,))
        self.assertGreater(count, 120)
        self.unseen(run(KEY), (2,))
        self.unseen(run("rules", KEY), (2,))

    def test_lists_of_updates(self):
        for text in (KEY, f"KB5034768\n{KEY.lower()}\n", f"# {KEY}\n", f"x{KEY[1:]}", "\ufeff" + KEY, f"KB1-{KEY}"):
            for encoding in ("utf-8", "utf-16"):
                path = self.file("u.txt", text.encode(encoding))
                for words in (("can", HOST, "Windows 10 Pro"), ("runbook", HOST, "Windows 10 Pro"), ("keys", HOST)):
                    self.unseen(run(*words, "--update", "@" + path), (3, 0) if text.startswith("#") else (3,))

    def test_standard_input_of_identify(self):
        for arguments in ((), ("--plain",), ("--columns", "os=#1"), ("--columns", "os=OS"), ("--format", "json"), ("--format", "csv")):
            for text in (f"{KEY}\n", f"OS\nWindows 7 {KEY}\nWindows 10 Pro\n", f"{KEY},OS\na,b\n", json.dumps([{"os": KEY}]), f'OS\n"{KEY}'):
                reading = os.open(self.file("in", text), os.O_RDONLY)
                done = self.unseen(run("identify", *arguments, stdin=reading), (0, 1, 2, 3, 4))
                os.close(reading)
                self.assertGreater(len(done.stdout + done.stderr), 0)

    def test_an_audit_goes_on_behind_a_key(self):
        path = self.file("a.csv", f"Name,OS\nPC1,Windows 10 Pro\nPC2,{KEY}\n{KEY},Windows 10 Pro\nPC4,Windows 7 {KEY.lower()}\nPC5,Windows 10 Pro\n")
        for form in ("text", "json", "ndjson", "csv", "markdown", "junit", "sarif"):
            done = self.unseen(run("check", path, "--host", HOST, "--format", form), (3,))
        read = json.loads(run("check", path, "--host", HOST, "--format", "json").stdout)["read"]
        self.assertEqual((read["rows"], read["answered"] + read["unreadable"]), (5, 5))
        self.assertGreaterEqual(read["answered"], 2)
        self.assertGreaterEqual(read["unreadable"], 2)

    def test_tables(self):
        """In each place of a table: values, ids, names of elements and attributes, text, comments, instructions."""
        sound = table(extra='<update id="KB1" source="book"/><step id="a" phase="dns" where="host" source="book" title="t" check="c" undo="u"><command text="x"/></step>')
        values = dict.fromkeys(re.findall(r'"([^"]+)"', sound.split("\n", 1)[1]))
        inside = (f"<{KEY}/>", f"<x {KEY}='1'/>", KEY, f"<!-- {KEY} -->", f"<?x {KEY}?>", f"<set id='s' {KEY}='x' editions='{KEY}'/>", f"<include href='{KEY}.xml'/>", f"<{KEY}",
                  f"</{KEY}>", f"&{KEY};", f"<set xmlns:k='{KEY}' k:a='1' id='s' editions='desk-1'/>", f"<set id='s' colour='{CODED}' editions='{CODED.lower()}'/>")
        cases = [sound.replace(f'"{value}"', f'"{form}"', 1) for value in values for form in (KEY, CODED, CODED.lower(), f"a {CODED}")]
        cases += [sound.replace("</ruleset>", f"{text}</ruleset>") for text in inside]
        cases += [sound.replace("urn:kmsrules:1", CODED), sound.replace("urn:kmsrules:1", KEY), sound.replace('id="site"', f'id="{KEY.lower()}"'), f"<!DOCTYPE {KEY}>\n" + sound, KEY,
                  HEAD.replace("ruleset", KEY) + "</x>"]
        self.assertGreater(len(cases), 60)
        for text in cases:
            path = self.file("t.xml", text)
            for words in (("rules", "check", path), ("--rules", path, "runbook", "desk-1-work", "desk-1-work", "--format", "powershell")):
                self.unseen(run(*words), (0, 2, 3) if "<!-- " in text or "<?x" in text else (3,))


def shows_key(output):
    """Whether three groups of the key stand in it, however they are written."""
    text = unicodedata.normalize("NFKC", re.sub(r"\\\\?(?:x[0-9a-f]{2}|u\{[0-9a-f]+\}|u[0-9a-f]{4}|t)|&#?\w+;", "", output.decode(errors="replace")))
    key, squeezed = "".join(GROUPS), re.sub(r"[\W_]", "", text).upper()
    return any(key[start:start + 15] in squeezed for start in range(11))


def event_xml(fields, computer="kms01.contoso.example", system=""):
    data = "".join(f"<Data>{field}</Data>" for field in fields)
    return (f"<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><EventID>12290</EventID>{system}<Computer>{computer}</Computer></System>"
            f"<EventData>{data}</EventData></Event>\n")


HEADER = '"TimeCreated","Id","MachineName","{}","Message"\r\n'


def event_csv(fields, computer="kms01", time="2024-05-06T07:08:09Z", note="x"):
    return f'"{time}","12290","{computer}","{note}","Processed.\r\nInfo:\r\n{",".join(fields)}"\r\n'


class Disguised(Case):
    """Every file that is read, with a key in each of its places, written as people and programs write one."""

    def unseen(self, text, *words, encoding="utf-8"):
        reading = os.open(self.file("in", text.encode(encoding)), os.O_RDONLY)
        done = run(*words, stdin=reading)
        os.close(reading)
        self.assertIn(done.returncode, (0, 1, 2, 3, 4), done.stderr)
        self.assertFalse(shows_key(done.stdout + done.stderr), (words, text, done.stdout, done.stderr))

    def test_what_is_looked_for(self):
        for key in DISGUISED:
            self.assertTrue(shows_key(f"a {key} b".encode()), key)
            self.assertTrue(shows_key(json.dumps(key, ensure_ascii=False).encode()), key)

    def test_command_lines(self):
        for key in DISGUISED:
            for words in (("can", HOST, key), ("explain", key), ("dns", "-", "--fleet", f"3×{key}"), ("events", f"--encoding={key}"), ("slmgr", f"{key}.txt"), (f"-o{key}",)):
                done = self.wrong_use(*words, says="looks like a product key")
                self.assertFalse(shows_key(done.stderr), (words, done.stderr))

    def test_long_options_take_no_time(self):
        self.wrong_use("can", "-" + "x" * 120000, "a", says="unknown option")

    def test_events(self):
        for key in SOME:
            fields = [EVENT[:i] + [key] + EVENT[i + 1:] for i in range(len(EVENT))]
            xml = "".join([event_xml(changed) for changed in fields] + [event_xml(EVENT, computer=key), event_xml(EVENT, system=f"<TimeCreated SystemTime='{key}'/><Channel>{key}</Channel>"),
                                                                       event_xml(EVENT).replace("12290", key), event_xml(EVENT)])
            rows = "".join(event_csv(changed) for changed in fields) + event_csv(EVENT, computer=key) + event_csv(EVENT, time=key) + event_csv(EVENT, note=key) + event_csv(EVENT).replace("12290", key)
            lines = "\n".join([",".join(changed) for changed in fields] + [",".join(EVENT), key])
            for text in (f"<Events>{xml}</Events>", HEADER.format("Note") + rows, lines):
                for words in (("events",), ("events", "--format", "json"), ("counts",), ("duplicates",), ("forecast", "--format", "json")):
                    self.unseen(text, *words, "-")
            self.unseen(HEADER.format(key) + event_csv(EVENT), "events", "-", encoding="utf-16")

    def test_inventories(self):
        for key in SOME:
            cell = f'"{key}"'
            texts = (key, f"Name,OS,Build,SKU,EditionID\n{cell},Windows 10 Pro,,,\nb,{cell},,,\nc,Windows 10 Pro,{cell},,\nd,Windows 10 Pro,,{cell},\ne,,,,{cell}\n", f"{cell},OS\na,b\n",
                     f"Name,OS,{cell}\na,b,c\n", json.dumps([{"name": key, "os": key}], ensure_ascii=False),
                     json.dumps([{"name": "a", "os": {key: 1}}, {key: {"os": "x"}}], ensure_ascii=False))
            commands = (("identify",), ("identify", "--format", "json"), ("identify", "--plain"), ("check", "-", "--host", HOST, "--format", "csv"), ("check", "-", "--host", HOST, "--format", "json"),
                              ("plan", "-"), ("diff", "--from", HOST, "--to", "Windows Server 2025 Standard", "-"))
            for number, text in enumerate(texts[:4] if "\t" in key else texts):  # JSON escapes a tab
                for words in commands if key == SOME[0] else (commands[0], commands[1 + number % (len(commands) - 1)]):
                    self.unseen(text, *words)

    def test_slmgr(self):
        lines = SLMGR.splitlines()
        for key in SOME:
            labels = [line.split(":")[0] for line in lines]
            for text in ("\n".join(f"{label}: {key}" for label in labels), "\n".join(f"{line} {key}" for line in lines), "\n".join(f"{line}\n{key}: 7\n{key}" for line in lines)):
                for words in ((), ("--format", "json")):
                    self.unseen(text, "slmgr", "-", *words)

    def test_records(self):
        parts = ["_vlmcs._tcp.contoso.example.", "600", "IN", "SRV", "0", "100", "1688", "kms01.contoso.example."]
        for key in SOME:
            texts = [" ".join(parts[:i] + [key] + parts[i + 1:]) for i in range(len(parts))] + [key, f"; {key}", f"$ORIGIN {key}.", f"** server can't find {key}: NXDOMAIN",
                     f"_vlmcs._tcp.a SRV service location:\n priority = {key}\n weight = 0\n port = 1688\n svr hostname = {key}\n",
                     f"Name,NameTarget,Priority,Weight,Port\n_vlmcs._tcp.a,{key},0,0,1688\n{key},b,0,0,1688\n", f"{key},NameTarget,Priority,Weight,Port\na,b,{key},0,1688\n"]
            for text in ("\n".join(texts), *texts[-4:]):
                for words in ((), ("--format", "json")):
                    self.unseen(" ".join(parts) + "\n" + text, "dns", "-", "--fleet", "40×Windows 11 Pro", *words)

    def test_tables(self):
        for key in SOME:
            for text in (table(title=key), table(note=key), table(name=key), table(extra=f"<!-- {key} -->"), table(extra=f"<{key}/>"), table(extra=f"<set id='{key}' editions='{key}'/>")):
                self.unseen(text, "rules", "check", self.file("t.xml", text))
                self.unseen(text, "--rules", self.file("t.xml", text), "explain", "desk-1-work", "desk-1-work")


if __name__ == "__main__":
    unittest.main()
