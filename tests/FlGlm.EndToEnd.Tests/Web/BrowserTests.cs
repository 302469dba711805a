using System.Globalization;
using FlGlm.Cli.Chaos;
using FlGlm.EndToEnd.Tests.Processes;
using FlGlm.EndToEnd.Tests.Runs;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FlGlm.EndToEnd.Tests.Web;

/// <summary>The page as a browser shows it.</summary>
public sealed class BrowserTests
{
    private const int Steps = 10_000;

    [Fact]
    public async Task The_figures_of_a_run_are_those_of_its_metrics()
    {
        await using var browser = await Browser.StartAsync();
        using var folder = new SplitFolder();
        await using var run = InProcessFlGlm.StartHeldAtPage(folder.Train("web.listen=127.0.0.1:0", "training.steps=100", "data.validation=[" + folder.At("text.txt") + "]"));
        var page = await browser.OpenAsync((await run.PageAsync()).ToString());
        await Expect(page.Locator("#title")).ToHaveTextAsync("train", Patient);
        run.GoOn();

        await Expect(page.Locator("#state")).ToHaveTextAsync("ended", Patient);
        await run.ExitsWithAsync(0);

        var loss = folder.Losses("train")[^1];
        Assert.Equal(("100", loss), (await ValueAsync(page, "step"), await ValueAsync(page, "loss")));
        Assert.Equal(float.Parse(loss, CultureInfo.InvariantCulture).ToString("F4", CultureInfo.InvariantCulture), await page.Locator("[data-figure=loss]").TextContentAsync());
        Assert.Equal(folder.ValidationLosses("train")[^1], double.Parse((await ValueAsync(page, "validation"))!, CultureInfo.InvariantCulture));
        Assert.All(await page.Locator("figure img").AllAsync(), image => Assert.NotEqual(0, image.EvaluateAsync<int>("image => image.naturalWidth").Result));
        Assert.Equal(4, await page.Locator("figure").CountAsync());
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task A_run_of_ten_thousand_steps_stays_small_and_answers_clicks()
    {
        await using var browser = await Browser.StartAsync();
        await using var served = await TestPage.StartAsync();
        var page = await browser.OpenAsync(served.Origin);
        for (var step = 1; step <= Steps; step++)
        {
            served.View.Show(SampleSteps.Step with { Step = step, Steps = Steps, Loss = (float)(5 - Math.Log10(step) + (0.2 * Math.Sin(step))) });
            served.View.Message("information", $"step {step} is taken");
            if (step % 500 == 0)
                await Expect(page.Locator("[data-figure=step]")).ToHaveAttributeAsync("data-value", step.ToString(CultureInfo.InvariantCulture), new() { Timeout = 30_000 });
        }

        var session = await page.Context.NewCDPSessionAsync(page);
        await session.SendAsync("Performance.enable");
        var metrics = (await session.SendAsync("Performance.getMetrics"))!.Value.GetProperty("metrics").EnumerateArray();
        var heap = metrics.Single(metric => metric.GetProperty("name").GetString() == "JSHeapUsedSize").GetProperty("value").GetDouble();
        Assert.InRange(heap, 1, 50e6);
        TestContext.Current.SendDiagnosticMessage($"{heap / 1e6:F1} MB of JavaScript after {Steps} steps");
        Assert.Equal(200, await page.Locator("#log li").CountAsync());

        await page.Locator("#stop").ClickAsync();
        await page.Locator("#ask button", new() { HasText = "Go on" }).ClickAsync();
        Assert.Equal(0, served.Stops);
        await page.Locator("#stop").ClickAsync();
        await page.Locator("#ask button.strong").ClickAsync();
        await Expect(page.Locator("#stop")).ToHaveTextAsync("Stopping");
        Assert.Equal(1, served.Stops);
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task A_page_whose_connection_is_cut_shows_what_came_meanwhile()
    {
        await using var browser = await Browser.StartAsync();
        await using var served = await TestPage.StartAsync();
        await using var proxy = new ChaosProxy(served.Page.EndPoint!.Port, expected: 1_000_000, [new TrafficDisturbance(TrafficChoice.Cut, 0.1, null, 0, 0)]);
        var page = await browser.OpenAsync($"http://{proxy.Address}");
        await Expect(page.Locator("#title")).ToHaveTextAsync("train", new() { Timeout = 30_000 });
        var lines = 0;
        while (proxy.Done == 0)
        {
            served.View.Message("information", $"line {++lines} {new string('.', 1000)}");
            await Task.Delay(20);
        }

        served.View.Message("information", "after the cut");

        await Expect(page.Locator("#log li").Last).ToContainTextAsync("after the cut", new() { Timeout = 30_000 });
        Assert.Equal(Math.Min(200, lines + 1), await page.Locator("#log li").CountAsync());
    }

    [Fact]
    public async Task On_a_phone_nothing_scrolls_sideways()
    {
        await using var browser = await Browser.StartAsync();
        await using var served = await TestPage.StartAsync();
        served.View.Show(SampleSteps.Step);
        served.View.Show(SampleSteps.Served with { Client = "a-client-with-a-name-of-some-length" });
        served.View.Message("warning", new string('x', 500));
        var page = await browser.OpenAsync(served.Origin, width: 400, height: 800);
        await Expect(page.Locator("[data-figure=loss]")).ToBeVisibleAsync();

        Assert.Equal(400, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.Empty(browser.Errors);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_ground_is_dark_where_the_system_is(bool isDark)
    {
        await using var browser = await Browser.StartAsync();
        await using var served = await TestPage.StartAsync();
        served.View.Show(SampleSteps.Step);
        var page = await browser.OpenAsync(served.Origin, isDark: isDark);
        await Expect(page.Locator("figure img").First).ToBeVisibleAsync();

        var ground = await page.EvaluateAsync<int[]>("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)");
        Assert.All(ground, part => Assert.True(isDark ? part < 64 : part > 192, string.Join(", ", ground)));
        Assert.Contains(isDark ? "theme=dark" : "theme=light", await page.Locator("figure img").First.GetAttributeAsync("src"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_keyboard_reaches_the_stop_button()
    {
        await using var browser = await Browser.StartAsync();
        await using var served = await TestPage.StartAsync();
        served.View.Show(SampleSteps.Step);
        var page = await browser.OpenAsync(served.Origin);
        await Expect(page.Locator("#stop")).ToBeVisibleAsync();

        await page.Keyboard.PressAsync("Tab");
        Assert.Equal("stop", await page.EvaluateAsync<string>("document.activeElement.id"));
        Assert.NotEqual("none", await page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle"));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#ask")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("#ask")).ToBeHiddenAsync();
        Assert.Equal(0, served.Stops);
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#stop")).ToHaveTextAsync("Stopping");
        Assert.Equal(1, served.Stops);
    }

    [Fact]
    public async Task The_token_opens_the_page_and_leaves_the_address()
    {
        await using var browser = await Browser.StartAsync();
        await using var served = await TestPage.StartAsync(needsToken: true);
        served.View.Show(SampleSteps.Step);

        var byAddress = await browser.OpenAsync($"{served.Origin}/?token={served.Token}");
        await Expect(byAddress.Locator("[data-figure=loss]")).ToBeVisibleAsync();
        Assert.Equal($"{served.Origin}/", byAddress.Url);

        var byForm = await browser.OpenAsync(served.Origin);
        await byForm.Locator("#login input").FillAsync("wrong");
        await byForm.Locator("#login button").ClickAsync();
        await Expect(byForm.Locator("#login p")).ToHaveTextAsync("This is not the token.");
        await byForm.Locator("#login input").FillAsync(served.Token);
        await byForm.Locator("#login button").ClickAsync();
        await Expect(byForm.Locator("[data-figure=loss]")).ToBeVisibleAsync();
        Assert.Equal($"{served.Origin}/", byForm.Url);
    }

    private static LocatorAssertionsToHaveTextOptions Patient { get; } = new() { Timeout = 60_000 };

    private static Task<string?> ValueAsync(IPage page, string figure) => page.Locator($"[data-figure={figure}]").GetAttributeAsync("data-value");
}
