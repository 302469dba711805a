using FlGlm.Core.Configuration;
using FlGlm.Core.Crypto;
using FlGlm.Testing;

namespace FlGlm.Core.Tests.Crypto;

public sealed class IdentityKeyTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void Key_is_read_back_from_its_file_which_only_the_owner_can_read()
    {
        var path = _folder.At("keys", "alice.key");
        TestKeys.Alice.Save(path);
        using var read = IdentityKey.Load(path);
        Assert.Equal(TestKeys.Alice.PublicKey, read.PublicKey);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Single(Directory.GetFiles(_folder.At("keys")));
    }

    [Fact]
    public void Key_that_others_can_read_is_refused()
    {
        if (OperatingSystem.IsWindows())
            return;
        var path = _folder.At("open.key");
        TestKeys.Alice.Save(path);
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.GroupRead);
        Assert.Contains($"chmod 600 {path}", Assert.Throws<SealException>(() => IdentityKey.Load(path)).Message);
    }

    [Fact]
    public void Key_is_not_overwritten_unless_asked()
    {
        var path = _folder.At("alice.key");
        TestKeys.Alice.Save(path);
        Assert.Contains("is already there", Assert.Throws<SealException>(() => TestKeys.Mallory.Save(path)).Message);
        TestKeys.Mallory.Save(path, overwrite: true);
        using var read = IdentityKey.Load(path);
        Assert.Equal(TestKeys.Mallory.PublicKey, read.PublicKey);
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no key")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")]
    public void File_without_a_key_is_refused(string content)
    {
        var path = _folder.Write("broken.key", content);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Contains("holds no RSA-3072 private key", Assert.Throws<SealException>(() => IdentityKey.Load(path)).Message);
    }

    [Fact]
    public void Missing_key_says_how_to_make_one() =>
        Assert.Contains("`flglm keys` makes one", Assert.Throws<SealException>(() => IdentityKey.Load(_folder.At("none"))).Message);

    [Fact]
    public void Fingerprint_is_64_hexadecimal_digits() => Assert.Matches("^[0-9a-f]{64}$", TestKeys.Alice.PublicKey.Fingerprint);

    public void Dispose() => _folder.Dispose();
}
