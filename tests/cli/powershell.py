"""A checker for the PowerShell that runbooks are written in: what it does not know is a fault, so that nothing slips through as code that was meant as text.

It knows: comments to the end of a line; single-quoted strings with doubled quotes; variables; numbers; bare words of letters, digits and dashes; brackets, which must
match; a few operators. No double quotes, here-strings, backticks, $( … ), or anything beyond ASCII. PowerShell takes U+2018 to U+201B for single and U+201C to U+201E
for double quotes, and dashes U+2013 to U+2015 for a dash: all of them are beyond ASCII, and so faults.
"""
import re
from typing import List, NamedTuple, Tuple

TOKEN = re.compile(r"""
    (?P<blank>[ \n]+)
  | (?P<comment>\#[^\n]*)
  | (?P<string>'(?:[^'\n]|'')*')
  | (?P<variable>\$(?:env:|global:)?[A-Za-z]+)
  | (?P<type>\[[A-Za-z]+(?:\.[A-Za-z]+)*(?:\[\])?\])
  | (?P<attribute>\[(?:ValidatePattern|ValidateRange|CmdletBinding)(?=\())
  | (?P<number>0x[0-9a-f]+|[0-9]+)
  | (?P<word>-?[A-Za-z]+(?:-[A-Za-z]+)*)
  | (?P<sign>[(){}\[\],.+&=@]|::)
""", re.VERBOSE)
PAIRS = {")": "(", "}": "{", "]": "["}
WORDS = {"param", "if", "foreach", "in", "throw", "function", "return", "try", "finally", "Write-Output", "Write-Warning", "Read-Host", "Read-HostKey", "Assert-Success", "Set-StrictMode",
         "New-Object", "Security", "Principal", "WindowsPrincipal", "SupportsShouldProcess", "IsInRole", "GetCurrent", "Administrator", "ShouldProcess", "Split", "ConvertFromUtf32",
         "SecureStringToBSTR", "PtrToStringBSTR", "ZeroFreeBSTR"}


class Token(NamedTuple):
    kind: str
    text: str
    line: int


def tokens_of(script: str) -> List[Token]:
    tokens, place = [], 0
    while place < len(script):
        match = TOKEN.match(script, place)
        line = script.count("\n", 0, place) + 1
        if match is None:
            raise ValueError(f"line {line}: {script[place:place + 30]!r} is not known")
        if match.lastgroup not in ("blank", "comment"):
            tokens.append(Token(match.lastgroup or "", match.group(), line))
        place = match.end()
    return tokens


def value_of(token: Token) -> str:
    """What a string stands for."""
    return token.text[1:-1].replace("''", "'")


def check(script: str) -> List[Token]:
    """The tokens of a script that is as it should be. Raises ValueError."""
    if not script.isascii() or "\r" in script or "\t" in script:
        raise ValueError("beyond plain ASCII")
    tokens, open_brackets = tokens_of(script), []  # type: Tuple[List[Token], List[str]]
    for before, token in zip([Token("", "", 0), *tokens], tokens):
        if token.kind == "attribute" or token.text in ("(", "{", "["):
            open_brackets.append(token.text[0])
        elif token.text in PAIRS and (not open_brackets or open_brackets.pop() != PAIRS[token.text]):
            raise ValueError(f"line {token.line}: {token.text} closes nothing")
        is_name = before.text in ("function", "&") or before.text in (".", "::")
        if token.kind == "word" and not token.text.startswith("-") and token.text not in WORDS and not is_name:
            raise ValueError(f"line {token.line}: the bare word {token.text}")
        if before.text == "&" and token.kind != "string":
            raise ValueError(f"line {token.line}: & runs what is no string")
        if token.kind == "string" and before.kind == "string" and token.line == before.line and not follows_call(tokens, before):
            raise ValueError(f"line {token.line}: two strings in a row")
    if open_brackets:
        raise ValueError(f"{open_brackets[-1]} is not closed")
    return tokens


def follows_call(tokens: List[Token], token: Token) -> bool:
    """Strings stand side by side only as arguments of a program."""
    line = [each for each in tokens if each.line == token.line]
    return any(each.text == "&" for each in line)


def strings(script: str) -> List[str]:
    return [value_of(token) for token in check(script) if token.kind == "string"]
