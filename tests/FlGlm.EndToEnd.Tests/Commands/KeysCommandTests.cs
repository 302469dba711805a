using System.Text.Json;
using FlGlm.Core.Crypto;
using FlGlm.EndToEnd.Tests.CommandLine;
using FlGlm.EndToEnd.Tests.Processes;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Commands;

public sealed class KeysCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_identity_is_made_for_its_owner_alone()
    {
        var made = await MakeAsync("mine", "site-1");

        using var identity = IdentityKey.Load(made.GetProperty("identity").GetString()!);
        var line = made.GetProperty("line").GetString()!;
        Assert.Equal(identity.PublicKey.ToLine("site-1"), line);
        Assert.Equal(identity.PublicKey.Fingerprint, made.GetProperty("fingerprint").GetString());
        Assert.Equal(line, (await File.ReadAllTextAsync(made.GetProperty("public_file").GetString()!)).Trim());
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(made.GetProperty("identity").GetString()!));
    }

    [Fact]
    public async Task An_identity_is_kept_unless_told_otherwise()
    {
        var first = await MakeAsync("mine", "a");

        var again = await CommandRun.OfAsync("keys", "--out", At("mine"));
        var replaced = await MakeAsync("mine", "a", "--overwrite");

        Assert.Equal(6, again.ExitCode);
        Assert.Contains("--overwrite", Assert.Single(again.ErrorLines), StringComparison.Ordinal);
        Assert.NotEqual(first.GetProperty("line").GetString(), replaced.GetProperty("line").GetString());
    }

    [Fact]
    public async Task A_peer_is_trusted_by_its_file_or_its_line_and_once()
    {
        var byFile = await TrustAsync(_folder.Write("ada.pub", Identities.Line("ada") + "\n"));
        var byLine = await TrustAsync(Identities.Line("ben"));
        var again = await TrustAsync(Identities.Line("ada"));

        Assert.Equal([0, 0, 0], [byFile.ExitCode, byLine.ExitCode, again.ExitCode]);
        Assert.Contains("already lists 'ada'", again.Output, StringComparison.Ordinal);
        Assert.Equal(["ada", "ben"], new KnownPeers(Path.Combine(At("mine"), "known_peers")).Load().Select(p => p.Name));
    }

    [Fact]
    public async Task A_name_that_is_known_with_another_key_is_refused()
    {
        await TrustAsync(Identities.Line("ada"));
        var run = await TrustAsync(Identities.Line("ben").Replace(" ben", " ada", StringComparison.Ordinal));
        Assert.Equal(6, run.ExitCode);
        Assert.Contains("delete the old line first", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_public_line_that_cannot_be_written_is_one_error_line()
    {
        Directory.CreateDirectory(Path.Combine(At("mine"), "identity.pub"));

        var run = await CommandRun.OfAsync("keys", "--out", At("mine"));

        Assert.Equal(6, run.ExitCode);
        Assert.Contains("identity.pub' cannot be written: ", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("keys", "--trust", "nonsense")]
    [InlineData("keys", "--name", "no spaces")]
    public async Task What_is_no_key_or_no_name_is_refused(params string[] args)
    {
        var run = await CommandRun.OfAsync([.. args, "--out", At("mine")]);
        Assert.Equal(6, run.ExitCode);
        Assert.Single(run.ErrorLines);
        Assert.False(Directory.Exists(At("mine")));
    }

    private Task<CommandRun> TrustAsync(string peer) => CommandRun.OfAsync("keys", "--trust", peer, "--out", At("mine"));

    private async Task<JsonElement> MakeAsync(string folder, string name, params string[] more)
    {
        var run = await CommandRun.OfAsync(["keys", "--json", "--name", name, "--out", At(folder), .. more]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return JsonDocument.Parse(run.Output).RootElement;
    }

    private string At(string folder) => Path.Combine(_folder.Path, folder);
}
