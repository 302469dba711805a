using FlGlm.Core.Configuration;
using FlGlm.Privacy.Noise;
using FlGlm.Testing;

namespace FlGlm.Privacy.Tests.Noise;

public sealed class NoiseSecretTests
{
    [Fact]
    public void A_secret_is_read_as_it_was_made_by_its_owner_only()
    {
        using var folder = new TempFolder();
        var (path, other) = (folder.At("run/noise.secret"), folder.At("run/other.secret"));

        var made = NoiseSecret.Create(path);

        Assert.Equal(made.Bytes, NoiseSecret.Load(path).Bytes);
        Assert.NotEqual(made.Bytes.ToArray(), NoiseSecret.Create(other).Bytes.ToArray());
        Assert.Equal(NoiseSecret.Size, new FileInfo(path).Length);
        Assert.Equal(2, Directory.GetFiles(folder.At("run")).Length);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public void A_secret_that_is_there_is_never_replaced()
    {
        using var folder = new TempFolder();
        var made = NoiseSecret.Create(folder.At("noise.secret"));

        Assert.Throws<SealException>(() => NoiseSecret.Create(folder.At("noise.secret")));
        Assert.Equal(made.Bytes, NoiseSecret.Load(folder.At("noise.secret")).Bytes);
        Assert.Single(Directory.GetFiles(folder.At(".")));
    }

    [Fact]
    public void A_secret_that_is_missing_cut_short_or_open_to_others_is_refused()
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder.At("short"), new byte[31]);
        NoiseSecret.Create(folder.At("open"));

        Assert.Contains("There is no secret", Assert.Throws<SealException>(() => NoiseSecret.Load(folder.At("missing"))).Message);
        if (OperatingSystem.IsWindows())
            return;
        File.SetUnixFileMode(folder.At("short"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.SetUnixFileMode(folder.At("open"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Assert.Contains("31 bytes", Assert.Throws<SealException>(() => NoiseSecret.Load(folder.At("short"))).Message);
        Assert.Contains("chmod 600", Assert.Throws<SealException>(() => NoiseSecret.Load(folder.At("open"))).Message);
    }
}
