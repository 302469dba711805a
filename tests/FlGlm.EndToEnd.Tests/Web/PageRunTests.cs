using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using FlGlm.EndToEnd.Tests.CommandLine;
using FlGlm.EndToEnd.Tests.Processes;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Web;

/// <summary>Runs of the program with a page.</summary>
public sealed class PageRunTests : IDisposable
{
    private readonly SplitFolder _folder = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero });

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_last_figures_are_those_of_the_metrics()
    {
        await using var run = InProcessFlGlm.StartHeldAtPage(_folder.Train("web.listen=127.0.0.1:0"));
        var last = await FollowAsync(run, await run.PageAsync());
        await run.ExitsWithAsync(0);

        var client = Assert.Single(last.GetProperty("sides").EnumerateArray()).GetProperty("client");
        Assert.Equal((6, _folder.Losses("train")[^1]), (client.GetProperty("step").GetInt32(), client.GetProperty("loss").GetRawText()));
        Assert.Equal(["loss", "speed", "rate", "legs"], last.GetProperty("sides")[0].GetProperty("plots").EnumerateArray().Select(plot => plot.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task The_stop_button_ends_a_run_as_Ctrl_C_does()
    {
        await using var run = InProcessFlGlm.Start(_folder.Train("web.listen=127.0.0.1:0", "training.steps=100000"));
        var page = await run.PageAsync();
        await run.LineAsync("step 2/");

        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(page, "stop")) { Headers = { { "Origin", page.GetLeftPart(UriPartial.Authority) } } };
        using var answer = await _http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        await run.ExitsWithAsync(130);
        Assert.Contains(run.Output.Lines, line => line.StartsWith("the page asks for a stop: stopping after this step", StringComparison.Ordinal));
        Assert.True(File.Exists(_folder.At("train", "adapter", "adapter_model.safetensors")));
    }

    [Fact]
    public async Task A_port_in_use_is_a_warning_and_the_run_goes_on()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();

        var run = await CommandRun.OfAsync(_folder.Train($"web.listen={other.LocalEndpoint}", "training.steps=1"));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Single(run.OutputLines, line => line.StartsWith("warning: no page: it cannot listen on ", StringComparison.Ordinal));
        Assert.Single(_folder.Losses("train"));
    }

    [Fact]
    public async Task A_token_that_is_missing_is_said_before_the_run()
    {
        var run = await CommandRun.OfAsync(_folder.Train("web.listen=0.0.0.0:8080", $"web.token={_folder.At("none")}"));

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith("flglm: web.token: ", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.Contains("flglm keys --web", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.At("train")));
    }

    [Fact]
    public async Task Without_the_key_nothing_listens()
    {
        var run = await CommandRun.OfAsync(_folder.Train("training.steps=1"));
        Assert.DoesNotContain(run.OutputLines, line => line.StartsWith("page: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_simulation_shows_its_cells()
    {
        Assert.SkipUnless(TestScope.IsAll, TestScope.OnlyInAll);
        await using var run = InProcessFlGlm.StartHeldAtPage(_folder.Simulate(
            ["--out", _folder.At("out")],
            "web.listen=127.0.0.1:0", "simulate.methods=[lora, p_tuning_v2]", "peft.lora.targets=[nothing]", "simulate.partitions=[iid]", "clients.expected=2", "training.steps=2"));
        var last = await FollowAsync(run, await run.PageAsync(run.Error));
        await run.ExitsWithAsync(10);

        var cells = last.GetProperty("sides")[0].GetProperty("simulation").GetProperty("cells").EnumerateArray().ToList();
        Assert.Equal([("lora", "failed"), ("p_tuning_v2", "done")], cells.Select(cell => (cell.GetProperty("name").GetString()!, cell.GetProperty("state").GetString()!)));
        Assert.Contains("nothing", cells[0].GetProperty("failure").GetString(), StringComparison.Ordinal);
        Assert.Equal(4, cells[1].GetProperty("result").GetProperty("steps").GetInt32());
        Assert.Equal("failed", last.GetProperty("sides")[0].GetProperty("state").GetString());
        Assert.Contains("  listen: ''", File.ReadAllLines(_folder.At("out", "p_tuning_v2", "client1.yaml"))); // its processes have no page
    }

    [Fact]
    public async Task The_demo_has_a_tab_for_each_side()
    {
        Assert.SkipUnless(TestScope.IsAll, TestScope.OnlyInAll);
        await using var run = InProcessFlGlm.StartHeldAtPage("demo", "--set", "training.steps=2", "--set", $"run.directory={_folder.At("demo")}", "--set", "web.listen=127.0.0.1:0");
        var last = await FollowAsync(run, await run.PageAsync());
        await run.ExitsWithAsync(0);

        var sides = last.GetProperty("sides").EnumerateArray().ToDictionary(side => side.GetProperty("name").GetString()!);
        Assert.Equal(["demo", "garden", "harbour", "server"], sides.Keys.Order());
        Assert.Equal(4, sides["server"].GetProperty("server").GetProperty("steps_served").GetInt32());
        foreach (var name in new[] { "garden", "harbour" })
        {
            var metrics = JsonDocument.Parse(File.ReadLines(_folder.At("demo", name, "metrics.jsonl")).Last()).RootElement;
            var client = sides[name].GetProperty("client");
            foreach (var figure in new[] { "step", "loss", "tokens", "bytes_up", "bytes_down" })
                Assert.Equal(metrics.GetProperty(figure).GetRawText(), client.GetProperty(figure).GetRawText());
            Assert.InRange(client.GetProperty("bytes_up").GetInt64(), client.GetProperty("floor_each_way").GetInt64(), 2 * client.GetProperty("floor_each_way").GetInt64());
        }
    }

    /// <summary>Lets a run go on, and follows its page to the end.</summary>
    private async Task<JsonElement> FollowAsync(InProcessFlGlm run, Uri page)
    {
        using var events = new EventReader(await _http.GetAsync(new Uri(page, "events"), HttpCompletionOption.ResponseHeadersRead));
        run.GoOn();
        while (true)
        {
            if (await events.NextAsync() is var state && state.GetProperty("is_over").GetBoolean())
                return state;
        }
    }
}
