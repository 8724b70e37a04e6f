#requires -Version 5.1
<#
.SYNOPSIS
Tells Slashzero whether this machine has an IPv6 default route, from the routes that Windows itself lists.

.DESCRIPTION
Sends the routes once and prints the answer in a line. The file has two lines: the address of the hypervisor or of the Slashzero server,
and the token of this VM. The hypervisor's IPv4 address on this network works without an IPv6 default route. Keep the file out of
templates, because copies of this machine would speak for this VM. Only administrators and SYSTEM may read the file:

  icacls C:\ProgramData\slashzero-push.txt /inheritance:r /grant *S-1-5-18:F *S-1-5-32-544:F

Every minute, by the Task Scheduler (in one line, as an administrator):

  schtasks /Create /TN slashzero-push /RU SYSTEM /SC MINUTE /MO 1 /TR "powershell.exe -NoProfile -ExecutionPolicy Bypass -File C:\ProgramData\slashzero-push.ps1 -Spread"

Exit status: 0 accepted, 1 not accepted. The server keeps only whether there is a default route, its gateway and its lifetime.

.PARAMETER File
The file with the address and the token. Default: C:\ProgramData\slashzero-push.txt

.PARAMETER Spread
Waits up to 30 s first, so that not all VMs send at once.

.PARAMETER Print
Prints the data and sends nothing.
#>
param([string]$File = "$env:ProgramData\slashzero-push.txt", [switch]$Spread, [switch]$Print, [switch]$Help)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
if ($Help) { Get-Help $PSCommandPath -Detailed; exit 0 }
if ($Spread) { Start-Sleep -Milliseconds (Get-Random -Maximum 30000) }

try {
  if (Get-Command Get-NetRoute -ErrorAction SilentlyContinue) {
    $format = 'get-net-route'
    # The default route; Teredo's prefix, which marks its default route; and the loopback route, which proves that the list works.
    $routes = @(Get-NetRoute -AddressFamily IPv6 -PolicyStore ActiveStore |
      Where-Object { '::/0', '2001::/32', '::1/128' -contains $_.DestinationPrefix } |
      ForEach-Object {
        @{
          InterfaceIndex = [long]$_.InterfaceIndex
          DestinationPrefix = [string]$_.DestinationPrefix
          NextHop = [string]$_.NextHop
          InterfaceAlias = [string]$_.InterfaceAlias
          RouteMetric = [long]$_.RouteMetric
          InterfaceMetric = [long]$_.InterfaceMetric
          ValidLifetime = @{ TotalSeconds = $_.ValidLifetime.TotalSeconds }
        }
      })
    $table = ConvertTo-Json -InputObject $routes -Depth 3
  } else {
    $format = 'route-print'
    # Out-String would wrap the table at the width of a window.
    $table = @(& "$env:SystemRoot\System32\route.exe" print -6) -join "`r`n"
  }
  if ($Print) { $table; exit 0 }

  $server, $token = @(Get-Content -LiteralPath $File | ForEach-Object { $_.Trim() })[0, 1]
  if ($server -notmatch '^https?://[A-Za-z0-9.:/_~%\[\]-]+$') { throw "the first line of $File is not an address that begins with http:// or https://" }
  if ($token -notmatch '^sz_[A-Za-z0-9_-]+$') { throw "the second line of $File is not a token" }

  # Windows before 10 offers TLS 1.2 only on request, and servers accept no older TLS.
  if ([Net.ServicePointManager]::SecurityProtocol -ne 0) {
    [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
  }
  $request = @{
    Uri = "$($server.TrimEnd('/'))/ingest/v1/routes?format=$format"
    Method = 'Post'
    Headers = @{ Authorization = "Bearer $token" }
    ContentType = 'text/plain'
    Body = [Text.Encoding]::UTF8.GetBytes($table)
    TimeoutSec = 30
    MaximumRedirection = 0
    UseBasicParsing = $true
  }
  [string](Invoke-RestMethod @request)
} catch {
  # The answer of the server, or the error of the request.
  $said = if ($_.ErrorDetails.Message) { $_.ErrorDetails.Message } else { $_.Exception.Message }
  [Console]::Error.WriteLine("slashzero-push: $said")
  exit 1
}
