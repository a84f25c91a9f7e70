"""A small table for tests."""
from __future__ import annotations

OPEN = '<ruleset xmlns="urn:kmsrules:1" id="small" revision="7" title="Small">\n'
ROWS = """<source id="s" title="A page" reliability="primary"/>
<application id="w" name="W"/>
<threshold kind="client" minimum="25" counts="client" source="s"/>
<release id="seven" name="Seven" kind="client" application="w">
<edition id="seven-pro" name="Seven Pro" volume="yes" source="s"/>
<edition id="seven-home" name="Seven Home" volume="no" source="s"/>
</release>
<spelling text="Both" editions="seven-pro seven-home" source="s"/>
<key-group id="k" name="The key" kind="client" application="w" source="s">
<covers editions="seven-pro" source="s"/>
<fits hosts="seven-pro" source="s"/>
</key-group>
"""
SMALL = OPEN + ROWS + "</ruleset>\n"
