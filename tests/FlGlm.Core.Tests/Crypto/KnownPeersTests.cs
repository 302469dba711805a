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
    public void Line_taken_out_shuts_the_peer_out()
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
