using System.Reflection;
using System.Runtime.InteropServices;
using FlGlm.Testing;
using Microsoft.Playwright;

namespace FlGlm.EndToEnd.Tests.Web;

/// <summary>Chromium without a window.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private const string Needs = "runs in ./test.sh --all, where there is a chromium (Debian, Ubuntu: package chromium)";

    private readonly IPlaywright _driver;
    private readonly IBrowser _browser;
    private readonly List<string> _errors = [];

    private Browser(IPlaywright driver, IBrowser browser) => (_driver, _browser) = (driver, browser);

    /// <summary>What pages have reported as errors: of scripts, and of what their policy forbids.</summary>
    public IReadOnlyList<string> Errors
    {
        get
        {
            lock (_errors)
                return [.. _errors];
        }
    }

    private static string? Chromium => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    /// <summary>Starts it; the test is skipped where there is none.</summary>
    public static async Task<Browser> StartAsync()
    {
        Assert.SkipUnless(TestScope.IsAll && OperatingSystem.IsLinux() && Chromium is not null, Needs);
        var folder = typeof(Browser).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(each => each.Key == "PlaywrightFolder").Value!;
        Environment.SetEnvironmentVariable("PLAYWRIGHT_DRIVER_SEARCH_PATH", folder);
        AllowNode(folder);
        var driver = await Playwright.CreateAsync();
        return new Browser(driver, await driver.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Chromium, Args = ["--no-sandbox"] }));
    }

    /// <summary>Opens a page, as in a window of its own.</summary>
    public async Task<IPage> OpenAsync(string address, int width = 1180, int height = 900, bool isDark = false)
    {
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height }, ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
        });
        var page = await context.NewPageAsync();
        page.PageError += (_, error) => Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
                Add(message.Text);
        };
        await page.GotoAsync(address);
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _driver.Dispose();
    }

    /// <summary>A package's files are unpacked without the right to run them.</summary>
    private static void AllowNode(string folder)
    {
        var node = Path.Combine(folder, ".playwright", "node", $"linux-{(RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "x64")}", "node");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(node, File.GetUnixFileMode(node) | UnixFileMode.UserExecute);
    }

    private void Add(string error)
    {
        lock (_errors)
            _errors.Add(error);
    }
}
