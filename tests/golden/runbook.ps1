# KMS runbook. Conditional: Rack 1 Large with key groups "New rack key" and "Suite key" can activate Rack 2 Small and Suite 1 if KB100002 or any later of "Rack 1 updates" is installed (KR105).
# Warning: This holds if what is not known turns out right: the first steps make sure of it
#   Rack 1 Large needs KB100002 or any later of "Rack 1 updates"; none of them is known to be installed
# Host Rack 1 Large, key group new-rack "New rack key" (assumed as none was given), key group suite "Suite key" (assumed as none was given)
# Ruleset golden, revision 7, sha256:943166c45e7415d28ef4a3b49f607872cee96cf0a2748f12941d6075caca31b1; as of 2026-11-21
# Run it on the host. It holds no product key and asks for it when it is needed. -WhatIf shows what it would do; -From goes on at a later step.
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    [ValidatePattern('^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$')] [string] $HostName = 'kms01.contoso.example',
    [ValidatePattern('^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$')] [string[]] $Zone = @('a.example', 'b.example'),
    [ValidateRange(1, 8)] [int] $From = 1
)
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
$global:LASTEXITCODE = 0

$Identity = [Security.Principal.WindowsIdentity]::GetCurrent()
$Principal = New-Object Security.Principal.WindowsPrincipal($Identity)
if (-not $Principal.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) {
    throw 'This script changes the licensing of this computer: run it from an elevated PowerShell.'
}
if ((@($HostName) + $Zone) -match '([A-Za-z0-9]{5}-){4}[A-Za-z0-9]{5}') {
    throw 'A name is wanted that does not look like a product key.'
}

# Typed unseen, and kept for no longer than its step; the tool that takes it gets it on its command line.
function Read-HostKey {
    param([string] $Name)
    $Secret = Read-Host -Prompt ('KMS host key of ' + $Name) -AsSecureString
    $Pointer = [Runtime.InteropServices.Marshal]::SecureStringToBSTR($Secret)
    try { [Runtime.InteropServices.Marshal]::PtrToStringBSTR($Pointer) }
    finally { [Runtime.InteropServices.Marshal]::ZeroFreeBSTR($Pointer) }
}

function Assert-Success {
    param([int] $Step)
    if ($LASTEXITCODE -ne 0) {
        throw ('Step ' + $Step + ' ended with exit code ' + $LASTEXITCODE + '. Put it right, then go on with -From ' + $Step + '.')
    }
}

# Step 1: Make sure of KB100002 or any later of "Rack 1 updates"
# Undo: take it out
# Source: The book of hosts; page 12; 2020-01
# Source: What was said
if ($From -le 1) {
    Write-Output 'Step 1 of 8, on the host: Make sure of KB100002 or any later of "Rack 1 updates"'
    Write-Output '  check: it''s listed'
    Write-Warning 'This is done by hand. Do it, then run the script again with -From 2.'
    if (-not $WhatIfPreference) { return }
}

# Step 2: The key of "New rack key" for Desk
# Undo: #1: `out`
# Source: The book of hosts; page 12; 2020-01
# Source: What was said
if ($From -le 2) {
    Write-Output 'Step 2 of 8, on the host: The key of "New rack key" for Desk'
    if ($PSCmdlet.ShouldProcess('this computer', 'tool.exe %SystemRoot%\System32\it''s /key <KMS host key>')) {
        $HostKey = Read-HostKey 'New rack key'
        & 'tool.exe' ('' + $env:SystemRoot + '\System32\it''s') '/key' $HostKey
        Assert-Success 2
        $HostKey = $null
    }
    if ($PSCmdlet.ShouldProcess('this computer', 'tool.exe "/a b" /x:$(y)')) {
        & 'tool.exe' '/a b' '/x:$(y)'
    }
    Write-Output '  check: *listed*'
}

# Step 3: The key of "Suite key" for Suite
# Undo: #1: `out`
# Source: The book of hosts; page 12; 2020-01
# Source: What was said
if ($From -le 3) {
    Write-Output 'Step 3 of 8, on the host: The key of "Suite key" for Suite'
    if ($PSCmdlet.ShouldProcess('this computer', 'tool.exe %SystemRoot%\System32\it''s /key <KMS host key>')) {
        $HostKey = Read-HostKey 'Suite key'
        & 'tool.exe' ('' + $env:SystemRoot + '\System32\it''s') '/key' $HostKey
        Assert-Success 3
        $HostKey = $null
    }
    if ($PSCmdlet.ShouldProcess('this computer', 'tool.exe "/a b" /x:$(y)')) {
        & 'tool.exe' '/a b' '/x:$(y)'
    }
    Write-Output '  check: *listed*'
}

# Step 4: Call
# Undo: u
# Source: The book of hosts; page 12; 2020-01
if ($From -le 4) {
    Write-Output 'Step 4 of 8, on the host: Call'
    Write-Output '  check: c'
    Write-Warning 'This is done by hand. Do it, then run the script again with -From 5.'
    if (-not $WhatIfPreference) { return }
}

# Step 5: Enter the number of Suite
# Undo: u
# Source: The book of hosts; page 12; 2020-01
if ($From -le 5) {
    Write-Output 'Step 5 of 8, on the host: Enter the number of Suite'
    if ($PSCmdlet.ShouldProcess('this computer', 'tool.exe /atp <confirmation id> <activation id>')) {
        $ConfirmationId = Read-Host -Prompt 'Confirmation id of Suite'
        $ActivationId = Read-Host -Prompt 'Activation id of Suite'
        & 'tool.exe' '/atp' $ConfirmationId $ActivationId
        Assert-Success 5
    }
    Write-Output '  check: c'
}

# Step 6: Port 1700 ?; <b> | caf?
# Undo: u
# Source: The book of hosts; page 12; 2020-01
if ($From -le 6) {
    Write-Output ('Step 6 of 8, on the host: Port 1700 ' + [char]0x2019 + '; <b> | caf' + [char]0xe9)
    if ($PSCmdlet.ShouldProcess('this computer', 'Set-Port -Name "KMS Host" -Port 1700')) {
        & 'Set-Port' -Name 'KMS Host' -Port '1700'
    }
    Write-Output '  check: c'
}

# Step 7: Record of kms01.contoso.example in a.example
# Undo: u
# Source: The book of hosts; page 12; 2020-01
if ($From -le 7) { foreach ($OneZone in $Zone) {
    Write-Output ('Step 7 of 8, on the DNS server: Record of ' + $HostName + ' in ' + $OneZone)
    Write-Output ('  run there: Add-Record -Zone ' + $OneZone + ' -Host ' + $HostName)
    Write-Output '  check: c'
} }

# Step 8: Watch the count: servers activate from a count of 5 on (clients and servers count); Office computers activate from a count of 5 on (Office computers count)
# Undo: nothing to undo
# Source: What was said
if ($From -le 8) {
    Write-Output 'Step 8 of 8, on the host: Watch the count: servers activate from a count of 5 on (clients and servers count); Office computers activate from a count of 5 on (Office computers count)'
    Write-Output '  check: it grows'
    Write-Warning 'This is done by hand. It is the last step.'
    if (-not $WhatIfPreference) { return }
}
