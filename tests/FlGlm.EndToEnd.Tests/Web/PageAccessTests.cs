using System.Net;

namespace FlGlm.EndToEnd.Tests.Web;

public sealed class PageAccessTests
{
    [Fact]
    public async Task The_own_machine_needs_no_token()
    {
        await using var page = await TestPage.StartAsync();

        Assert.Equal("train", (await page.StateAsync()).GetProperty("title").GetString());
    }

    [Theory]
    [InlineData("/state.json")]
    [InlineData("/events")]
    [InlineData("/plots/loss.svg")]
    [InlineData("/metrics")]
    public async Task Without_the_token_others_see_nothing(string path)
    {
        await using var page = await TestPage.StartAsync(needsToken: true);

        using var answer = await page.GetAsync(path);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Nobody_stops_the_run_without_the_token()
    {
        await using var page = await TestPage.StartAsync(needsToken: true);

        using var answer = await page.SendAsync(HttpMethod.Post, "/stop", ("Origin", page.Origin));

        Assert.Equal((HttpStatusCode.Unauthorized, 0), (answer.StatusCode, page.Stops));
    }

    [Fact]
    public async Task The_token_in_the_address_is_exchanged_for_a_cookie_that_is_not_the_token()
    {
        await using var page = await TestPage.StartAsync(needsToken: true);

        using var exchange = await page.GetAsync($"/?token={page.Token}");

        var cookie = Assert.Single(exchange.Headers.GetValues("Set-Cookie"));
        Assert.Equal((HttpStatusCode.SeeOther, "/"), (exchange.StatusCode, exchange.Headers.Location!.ToString()));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(page.Token, cookie, StringComparison.Ordinal);
        using var state = await page.GetAsync("/state.json", ("Cookie", cookie.Split(';')[0]));
        Assert.Equal(HttpStatusCode.OK, state.StatusCode);
    }

    [Fact]
    public async Task The_token_in_the_form_is_exchanged_too()
    {
        await using var page = await TestPage.StartAsync(needsToken: true);

        using var form = new FormUrlEncodedContent([new("token", page.Token)]);
        using var answer = await page.SendAsync(HttpMethod.Post, "/login", form, ("Origin", page.Origin));

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Single(answer.Headers.GetValues("Set-Cookie"));
    }

    [Fact]
    public async Task A_wrong_token_gives_no_cookie()
    {
        await using var page = await TestPage.StartAsync(needsToken: true);

        using var inAddress = await page.GetAsync($"/?token={page.Token}x");
        using var form = new FormUrlEncodedContent([new("token", "")]);
        using var inForm = await page.SendAsync(HttpMethod.Post, "/login", form, ("Origin", page.Origin));
        using var made = await page.GetAsync("/state.json", ("Cookie", $"flglm-{page.Page.EndPoint!.Port}={page.Token}"));

        Assert.Equal((HttpStatusCode.SeeOther, "/"), (inAddress.StatusCode, inAddress.Headers.Location!.ToString()));
        Assert.False(inAddress.Headers.Contains("Set-Cookie"));
        Assert.Equal((HttpStatusCode.Unauthorized, false), (inForm.StatusCode, inForm.Headers.Contains("Set-Cookie")));
        Assert.Equal(HttpStatusCode.Unauthorized, made.StatusCode);
    }

    [Fact]
    public async Task A_program_sends_the_token_in_a_header()
    {
        await using var page = await TestPage.StartAsync(needsToken: true);

        using var right = await page.GetAsync("/state.json", ("Authorization", $"Bearer {page.Token}"));
        using var wrong = await page.GetAsync("/state.json", ("Authorization", $"Bearer {page.Token[1..]}"));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (right.StatusCode, wrong.StatusCode));
    }

    [Theory]
    [InlineData("evil.example", false)]
    [InlineData("evil.example:80", false)]
    [InlineData("192.0.2.1", false)]
    [InlineData("localhost", true)]
    [InlineData("localhost:9000", true)]
    [InlineData("127.0.0.1:9000", true)]
    [InlineData("[::1]:9000", true)]
    public async Task A_name_that_is_not_this_machine_s_is_refused(string host, bool isOwn)
    {
        await using var page = await TestPage.StartAsync();

        using var answer = await page.GetAsync("/state.json", ("Host", host));

        Assert.Equal(isOwn ? HttpStatusCode.OK : HttpStatusCode.MisdirectedRequest, answer.StatusCode);
    }

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("null")]
    [InlineData("https://HOST")]
    [InlineData("http://127.0.0.1:1")]
    public async Task Another_page_neither_reads_nor_stops(string origin)
    {
        await using var page = await TestPage.StartAsync();
        origin = origin.Replace("HOST", page.Host, StringComparison.Ordinal);

        using var read = await page.GetAsync("/state.json", ("Origin", origin));
        using var stop = await page.SendAsync(HttpMethod.Post, "/stop", ("Origin", origin));

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, 0), (read.StatusCode, stop.StatusCode, page.Stops));
    }

    [Fact]
    public async Task A_stop_needs_the_page_s_own_origin()
    {
        await using var page = await TestPage.StartAsync();

        using var without = await page.SendAsync(HttpMethod.Post, "/stop");
        using var get = await page.GetAsync("/stop");
        using var embedded = await page.GetAsync("/plots/loss.svg", ("Sec-Fetch-Site", "cross-site"));
        Assert.Equal(0, page.Stops);
        using var own = await page.SendAsync(HttpMethod.Post, "/stop", ("Origin", page.Origin));

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.MethodNotAllowed, HttpStatusCode.Forbidden), (without.StatusCode, get.StatusCode, embedded.StatusCode));
        Assert.Equal((HttpStatusCode.Accepted, 1), (own.StatusCode, page.Stops));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/state.json")]
    [InlineData("/nothing")]
    public async Task Every_answer_forbids_what_the_page_does_not_need(string path)
    {
        await using var page = await TestPage.StartAsync();

        using var answer = await page.GetAsync(path);

        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'sha256-", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
        Assert.Equal("no-referrer", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
        Assert.DoesNotContain(answer.Headers, header => header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task The_page_loads_nothing_from_elsewhere()
    {
        await using var page = await TestPage.StartAsync();

        var html = await page.TextAsync("/");

        Assert.DoesNotContain("http:", html, StringComparison.Ordinal);
        Assert.DoesNotContain("https:", html, StringComparison.Ordinal);
        Assert.DoesNotContain("style=\"", html, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\son[a-z]+=", html.Split("<script>")[0]);
    }
}
