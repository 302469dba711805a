using FlGlm.EndToEnd.Tests.Processes;
using FlGlm.Testing;
using Microsoft.Playwright;
using SkiaSharp;
using static Microsoft.Playwright.Assertions;

namespace FlGlm.EndToEnd.Tests.Web;

/// <summary>The pictures of docs/cli.md: a demo's pages in light and dark (from the plots on), and 400 pixels wide. FLGLM_UPDATE_FIGURES=1 writes them anew.</summary>
public sealed class PageFiguresTests : IDisposable
{
    private const int Wide = 640;
    private const int High = 600;
    private const int Gap = 10;
    private const int Narrow = 400;
    private const int LargestBytes = 150_000;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_demo_s_pages_are_shown_in_light_and_dark_and_on_a_phone()
    {
        await using var browser = await Browser.StartAsync();
        await using var run = InProcessFlGlm.StartHeldAtPage("demo", "--set", "web.listen=127.0.0.1:0", "--set", $"run.directory={_folder.At("demo")}");
        var address = (await run.PageAsync()).ToString();
        List<IPage> pages =
        [
            await browser.OpenAsync(address, Wide, High), await browser.OpenAsync(address, Wide, High, isDark: true), await browser.OpenAsync(address, Narrow, High),
        ];
        foreach (var page in pages)
            await Expect(page.Locator("#title")).ToHaveTextAsync("demo", new() { Timeout = 30_000 });
        run.GoOn();
        foreach (var page in pages)
            await Expect(page.Locator("#state")).ToHaveTextAsync("ended", new() { Timeout = 110_000 });
        await run.ExitsWithAsync(0);

        foreach (var side in new[] { "server", "garden" })
        {
            var shots = new List<byte[]>();
            foreach (var page in pages)
            {
                await page.Locator("#tabs button", new() { HasText = side }).ClickAsync();
                await Expect(page.Locator("figure:visible img").First).ToHaveJSPropertyAsync("complete", true);
                if (shots.Count == 1)
                    await page.Locator("#plots").EvaluateAsync("plots => plots.scrollIntoView()");
                shots.Add(await page.ScreenshotAsync());
            }

            var picture = await JoinAsync(browser, shots);
            if (Environment.GetEnvironmentVariable("FLGLM_UPDATE_FIGURES") is { Length: > 0 })
                await File.WriteAllBytesAsync(RepositoryFolder.At("docs", "figures", side == "server" ? "page-server.png" : "page-client.png"), picture);
            Assert.InRange(picture.Length, 10_000, LargestBytes);
        }
    }

    /// <summary>Pictures side by side.</summary>
    private static async Task<byte[]> JoinAsync(Browser browser, IEnumerable<byte[]> shots)
    {
        var page = await browser.OpenAsync("about:blank", (2 * Wide) + Narrow + (4 * Gap), High + (2 * Gap));
        var images = shots.Select(shot => $"<img src='data:image/png;base64,{Convert.ToBase64String(shot)}'>");
        await page.SetContentAsync($"<body style='margin:{Gap}px;display:flex;gap:{Gap}px;background:#808890'>{string.Concat(images)}");
        return Compress(await page.ScreenshotAsync());
    }

    /// <summary>The same picture with fewer shades, which takes fewer bytes.</summary>
    private static byte[] Compress(byte[] png)
    {
        using var picture = SKBitmap.Decode(png);
        picture.Pixels = [.. picture.Pixels.Select(pixel => new SKColor(Shade(pixel.Red), Shade(pixel.Green), Shade(pixel.Blue)))];
        using var pixels = picture.PeekPixels();
        using var smaller = pixels.Encode(new SKPngEncoderOptions(SKPngEncoderFilterFlags.NoFilters, zLibLevel: 9))!;
        return smaller.ToArray();

        static byte Shade(byte value) => (byte)(5 * ((value + 2) / 5));
    }
}
