#!powershell

# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -CSharpUtil Ansible.Basic

# Only gathers: what it means is found out in Python on the controller (plugins/plugin_utils/_windows), where it is tested.

$spec = @{
    options = @{
        http_sys = @{ type = 'bool'; default = $false }
    }
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)
$ErrorActionPreference = 'Stop'

$raw = @{}
$failed = @{}

# Keeps what a query gives as a list, or why it gave nothing.
function Read-Source {
    param ([string]$Name, [scriptblock]$Query)
    try {
        $raw[$Name] = @(& $Query)
    }
    catch {
        $failed[$Name] = @{ id = [string]$_.FullyQualifiedErrorId; message = [string]$_.Exception.Message }
    }
}

# The format 's' is the same in every culture; one that is spelled out is not.
function ConvertTo-UtcText {
    param ($Time)
    if ($null -ne $Time) { $Time.ToUniversalTime().ToString('s') + 'Z' }
}

Read-Source 'clock' { ConvertTo-UtcText (Get-Date) }
Read-Source 'tcp' {
    Get-NetTCPConnection -State Listen |
        ForEach-Object { @{ address = [string]$_.LocalAddress; port = [int]$_.LocalPort; pid = [long]$_.OwningProcess } }
}
Read-Source 'udp' {
    Get-NetUDPEndpoint |
        ForEach-Object { @{ address = [string]$_.LocalAddress; port = [int]$_.LocalPort; pid = [long]$_.OwningProcess } }
}
Read-Source 'processes' {
    Get-CimInstance -ClassName Win32_Process -Property ProcessId, Name, ExecutablePath, CreationDate | ForEach-Object {
        @{ pid = [long]$_.ProcessId; name = $_.Name; exe = $_.ExecutablePath; started = ConvertTo-UtcText $_.CreationDate }
    }
}
Read-Source 'services' {
    Get-CimInstance -ClassName Win32_Service -Property Name, ProcessId |
        ForEach-Object { @{ pid = [long]$_.ProcessId; name = $_.Name } }
}
Read-Source 'users' {
    Get-Process -IncludeUserName | ForEach-Object { @{ pid = [long]$_.Id; user = $_.UserName } }
}
Read-Source 'addresses' {
    Get-NetIPAddress | ForEach-Object {
        @{ address = [string]$_.IPAddress; prefix_length = [int]$_.PrefixLength; device = $_.InterfaceAlias }
    }
}
Read-Source 'dynamic_ports' {
    Get-NetTCPSetting | ForEach-Object {
        @{ setting = $_.SettingName; start = $_.DynamicPortRangeStartPort; count = $_.DynamicPortRangeNumberOfPorts }
    }
}
Read-Source 'system' {
    Get-CimInstance -ClassName Win32_OperatingSystem | ForEach-Object {
        @{ hostname = $_.CSName; caption = $_.Caption; version = $_.Version; booted = ConvertTo-UtcText $_.LastBootUpTime }
    }
}
Read-Source 'machine_id' {
    [string](Get-ItemProperty -Path 'HKLM:\SOFTWARE\Microsoft\Cryptography' -Name MachineGuid).MachineGuid
}
Read-Source 'elevated' {
    $identity = [System.Security.Principal.WindowsIdentity]::GetCurrent()
    $principal = New-Object -TypeName System.Security.Principal.WindowsPrincipal -ArgumentList $identity
    $principal.IsInRole([System.Security.Principal.WindowsBuiltInRole]::Administrator)
}
if ($module.Params.http_sys) {
    Read-Source 'http_sys' {
        $start = New-Object -TypeName System.Diagnostics.ProcessStartInfo
        $start.FileName = Join-Path -Path ([System.Environment]::SystemDirectory) -ChildPath 'netsh.exe'
        $start.Arguments = 'http show servicestate view=requestq'
        $start.UseShellExecute = $false
        $start.RedirectStandardOutput = $true
        $netsh = [System.Diagnostics.Process]::Start($start)
        $text = $netsh.StandardOutput.ReadToEndAsync()
        if (-not $text.Wait(10000)) {
            $netsh.Kill()
            throw 'netsh did not end within 10 s'
        }
        $text.Result
    }
}

$module.Result.changed = $false
$module.Result.raw = $raw
$module.Result.failed_sources = $failed
$module.ExitJson()
