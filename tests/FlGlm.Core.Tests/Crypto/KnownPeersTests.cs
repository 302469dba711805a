using System.Text;
using FlGlm.Core.Configuration;
using FlGlm.Core.Crypto;
using FlGlm.Testing;

namespace FlGlm.Core.Tests.Crypto;

public sealed class KnownPeersTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void Lines_are_read_back_with_remarks_left_out()
    {
        var path = _folder.Write("peers", $"# those we know\n\n  {TestKeys.Alice.PublicKey.ToLine("alice")}  \n");
        var peers = new KnownPeers(path);
        peers.Add(new KnownPeer("server-1", TestKeys.Server.PublicKey));
        Assert.Equal([new KnownPeer("alice", TestKeys.Alice.PublicKey), new KnownPeer("server-1", TestKeys.Server.PublicKey)], peers.Load());
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void Peer_is_added_on_a_line_of_its_own_however_the_last_one_ends(string end)
    {
        var path = _folder.Write("peers", TestKeys.Alice.PublicKey.ToLine("alice") + end);
        var peers = new KnownPeers(path);
        peers.Add(new KnownPeer("server-1", TestKeys.Server.PublicKey));
        Assert.Equal(["alice", "server-1"], peers.Load().Select(peer => peer.Name));
        Assert.Equal(2, File.ReadAllLines(path).Length);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void List_that_others_may_write_is_refused(UnixFileMode others)
    {
        if (OperatingSystem.IsWindows())
            return;
        var path = _folder.At("peers");
        var peers = new KnownPeers(path);
        peers.Add(new KnownPeer("alice", TestKeys.Alice.PublicKey));
        Assert.Single(peers.Load());
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | others);
        Assert.Contains($"`chmod go-w {path}`", Assert.Throws<SealException>(() => peers.Admit("alice", TestKeys.Alice.PublicKey)).Message);
    }

    [Theory]
    [InlineData("ssh-rsa AAAA alice")]
    [InlineData("flglm-rsa3072 AAAA")]
    [InlineData("flglm-rsa3072 AAAA alice")]
    [InlineData("flglm-rsa3072 *** alice")]
    public void Line_that_is_none_is_named(string line)
    {
        var path = _folder.Write("peers", $"# remark\n{line}\n");
        Assert.StartsWith($"'{path}', line 2: ", Assert.Throws<SealException>(() => new KnownPeers(path).Load()).Message);
    }

    [Fact]
    public void List_in_UTF_16_is_named_as_such_and_one_with_the_mark_of_UTF_8_is_read()
    {
        var line = TestKeys.Alice.PublicKey.ToLine("alice") + "\r\n";
        var path = _folder.Write("peers", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(line)]);
        Assert.Equal($"'{path}' is UTF-16; save it as UTF-8.", Assert.Throws<SealException>(() => new KnownPeers(path).Load()).Message);

        _folder.Write("peers", "\uFEFF" + line);
        Assert.Equal("alice", Assert.Single(new KnownPeers(path).Load()).Name);
    }

    [Fact]
    public void Peer_is_refused_after_its_line_was_deleted()
    {
        var path = _folder.Write("peers", TestKeys.Alice.PublicKey.ToLine("alice") + "\n");
        var peers = new KnownPeers(path);
        Assert.Equal("alice", peers.Admit("anyone", TestKeys.Alice.PublicKey).Name);
        File.WriteAllText(path, "");
        Assert.Throws<SealException>(() => peers.Admit("alice", TestKeys.Alice.PublicKey));
    }

    [Fact]
    public void Missing_list_is_named() =>
        Assert.Contains("There is no list of known peers", Assert.Throws<SealException>(() => new KnownPeers(_folder.At("none")).Load()).Message);

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("line\nbreak")]
    public void Name_that_would_break_the_list_is_refused(string name) =>
        Assert.Throws<SealException>(() => TestKeys.Alice.PublicKey.ToLine(name));

    public void Dispose() => _folder.Dispose();
}
