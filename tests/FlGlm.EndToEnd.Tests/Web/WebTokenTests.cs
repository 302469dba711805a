using FlGlm.Cli.Web;
using FlGlm.Cli.Web.Access;
using FlGlm.Core.Configuration;
using FlGlm.EndToEnd.Tests.CommandLine;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Web;

public sealed class WebTokenTests : IDisposable
{
    private static readonly ListenAddress Everywhere = new("0.0.0.0", 8080);
    private readonly TempFolder _folder = new();

    private string TokenPath => _folder.At("keys", "web.token");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_token_is_made_for_its_owner_alone_and_not_shown()
    {
        var run = await CommandRun.OfAsync("keys", "--web", "--out", _folder.At("keys"));

        var token = (await File.ReadAllTextAsync(TokenPath)).Trim();
        Assert.Equal((0, 43), (run.ExitCode, token.Length));
        Assert.DoesNotContain(token, run.Output, StringComparison.Ordinal);
        Assert.True(WebToken.Read(TokenPath, Everywhere).Matches(token));
        Assert.False(WebToken.Read(TokenPath, Everywhere).Matches(token + " "));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(TokenPath));
    }

    [Fact]
    public async Task A_token_is_kept_unless_told_otherwise()
    {
        await CommandRun.OfAsync("keys", "--web", "--out", _folder.At("keys"));
        var first = await File.ReadAllTextAsync(TokenPath);

        var again = await CommandRun.OfAsync("keys", "--web", "--out", _folder.At("keys"));
        Assert.Equal((6, first), (again.ExitCode, await File.ReadAllTextAsync(TokenPath)));
        Assert.Contains("--web --overwrite", Assert.Single(again.ErrorLines), StringComparison.Ordinal);

        var replaced = await CommandRun.OfAsync("keys", "--web", "--overwrite", "--out", _folder.At("keys"));
        Assert.Equal(0, replaced.ExitCode);
        Assert.NotEqual(first, await File.ReadAllTextAsync(TokenPath));
        Assert.Single(Directory.GetFiles(_folder.At("keys")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA AAAA")]
    public void What_is_no_token_is_a_problem_of_its_key(string text)
    {
        var path = _folder.Write("web.token", text);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        Assert.Equal("web.token", Assert.Single(Assert.Throws<ConfigurationException>(() => WebToken.Read(path, Everywhere)).Problems).Key);
    }

    [Fact]
    public void A_token_that_others_can_read_is_refused()
    {
        WebToken.Make(TokenPath, overwrite: false);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(TokenPath, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        else
            Assert.Skip("Windows has other rights.");

        Assert.Contains("chmod 600", Assert.Throws<ConfigurationException>(() => WebToken.Read(TokenPath, Everywhere)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1:8080", true)]
    [InlineData("[::1]:8080", true)]
    [InlineData("localhost:8080", true)]
    [InlineData("0.0.0.0:8080", false)]
    [InlineData("[::]:8080", false)]
    [InlineData("gpu.example:8080", false)]
    public void Only_this_machine_s_own_addresses_need_no_token(string listen, bool isLoopback) =>
        Assert.Equal((isLoopback, listen), (ListenAddress.TryParse(listen)!.IsLoopback, ListenAddress.TryParse(listen)!.ToString()));

    [Theory]
    [InlineData("8080")]
    [InlineData(":8080")]
    [InlineData("::1:8080")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:99999")]
    [InlineData("http://127.0.0.1:8080")]
    public void What_is_no_address_is_refused(string listen) =>
        Assert.Equal("listen", Assert.Single(new WebSettings { Listen = listen }.Validate()).Key);
}
