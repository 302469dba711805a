using FlGlm.EndToEnd.Tests.Processes;

namespace FlGlm.EndToEnd.Tests.BadInput;

public sealed class BadKeysTests : IDisposable
{
    private readonly SplitFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_key_file_that_is_missing()
    {
        var args = _folder.Server();
        File.Delete(_folder.At("server-keys", "identity.key"));
        await Refusal.AssertAsync(_folder, args, 6, "no identity key", "identity.key", "`flglm keys`");
    }

    [Fact]
    public async Task A_key_file_that_others_can_read()
    {
        if (OperatingSystem.IsWindows())
            return;
        var args = _folder.Server();
        var key = _folder.At("server-keys", "identity.key");
        File.SetUnixFileMode(key, File.GetUnixFileMode(key) | UnixFileMode.OtherRead);
        await Refusal.AssertAsync(_folder, args, 6, "Others than you can read", "identity.key", "chmod 600");
    }

    [Fact]
    public async Task A_key_file_that_holds_no_key()
    {
        var args = _folder.Server();
        File.WriteAllText(_folder.At("server-keys", "identity.key"), "no key\n");
        await Refusal.AssertAsync(_folder, args, 6, "identity.key", "RSA-3072", "`flglm keys`");
    }

    [Fact]
    public async Task A_list_of_peers_that_is_missing()
    {
        var args = _folder.Server();
        File.Delete(_folder.At("server-keys", "known_peers"));
        await Refusal.AssertAsync(_folder, args, 6, "no list of known peers", "known_peers", "`flglm keys`");
    }

    [Fact]
    public async Task A_list_of_peers_that_others_may_write()
    {
        if (OperatingSystem.IsWindows())
            return;
        var args = _folder.Server();
        var list = _folder.At("server-keys", "known_peers");
        File.SetUnixFileMode(list, File.GetUnixFileMode(list) | UnixFileMode.OtherWrite);
        await Refusal.AssertAsync(_folder, args, 6, "Others than you may write", "known_peers", "chmod go-w");
    }

    [Fact]
    public async Task A_list_of_peers_with_a_line_that_is_none()
    {
        var args = _folder.Server();
        File.AppendAllText(_folder.At("server-keys", "known_peers"), "# remark\nssh-rsa AAAA ben\n");
        await Refusal.AssertAsync(_folder, args, 6, "known_peers', line 3");
    }
}
