using System.Text.Json;
using FlGlm.Cli;
using FlGlm.Cli.Web.State;
using FlGlm.Client.Evaluation;
using FlGlm.Client.Events;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Wire;
using FlGlm.EndToEnd.Tests.Runs;
using FlGlm.Server.Events;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Web;

/// <summary>The figures of the two sides, as events make them.</summary>
public sealed class SideFiguresTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualClock _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_client_s_state_follows_its_events()
    {
        var side = Side(new FlGlmConfig());
        List<string> states = [StateOf(side)];
        foreach (var happened in new RunEvent[]
        {
            new ClientEvent.ConnectionLost("no answer"),
            new ClientEvent.Connected(new Peer("gpu", null, "10.0.0.1:7400"), Sealed: true),
            new ClientEvent.Queued(2, 3),
            new ClientEvent.TurnStarted(1),
            new ClientEvent.Validating(0),
            Validated(0, 5.5),
            SampleSteps.Step,
            new ClientEvent.TurnEnded(1),
        })
        {
            side.Show(happened);
            states.Add(StateOf(side));
        }

        Assert.Equal(["loading", "connecting", "waiting", "waiting", "training", "validating", "training", "training", "waiting"], states);
    }

    [Fact]
    public void A_client_s_figures_are_those_of_its_last_step()
    {
        var side = Side(new FlGlmConfig());
        side.Show(new ClientEvent.Connected(new Peer("gpu", null, "10.0.0.1:7400"), Sealed: true));
        side.Show(new ClientEvent.Queued(2, 3));
        side.Show(SampleSteps.Step with { Step = 39 });
        side.Show(Validated(39, 5.25));
        side.Show(new ClientEvent.KeysRenewed(39));
        side.Show(SampleSteps.Step);

        var client = Shown(side).GetProperty("client");

        Assert.Equal((40, 1.7320508f), (client.GetProperty("step").GetInt32(), client.GetProperty("loss").GetSingle()));
        Assert.Equal(5.25, client.GetProperty("validation").GetProperty("loss").GetDouble());
        Assert.Equal((2, 2 * SampleSteps.Step.BytesUp), (client.GetProperty("key_period").GetInt32(), client.GetProperty("total_up").GetInt64()));
        Assert.Equal((2000.0, 30.0), (client.GetProperty("tokens_per_second").GetDouble(), client.GetProperty("left_s").GetDouble()));
        Assert.Equal(2, client.GetProperty("queue").GetProperty("position").GetInt32());
        Assert.Equal(["loss", "validation"], side.Plot("loss")!.Series.Select(series => series.Name));
    }

    [Theory]
    [InlineData(ElementPrecision.Float32, 4)]
    [InlineData(ElementPrecision.BFloat16, 2)]
    public void The_least_bytes_are_four_tensors_of_hidden_states(ElementPrecision precision, int bytes)
    {
        var model = new TinyLlama { Hidden = 32, Blocks = 3 };
        model.Write(_folder.Path);
        var side = Side(new FlGlmConfig { Model = new ModelSettings { Path = _folder.Path }, Compute = new ComputeSettings { Dtype = precision } });

        side.Show(SampleSteps.Step);

        Assert.Equal(2L * 32 * bytes * SampleSteps.Step.Tokens, Shown(side).GetProperty("client").GetProperty("floor_each_way").GetInt64());
    }

    [Fact]
    public void A_server_s_clients_have_their_states_and_shares()
    {
        var side = Side(new FlGlmConfig());
        side.Show(new ServerEvent.Listening("127.0.0.1:7400", "ab12", Sealed: true, Clients: 3));
        foreach (var name in new[] { "ada", "ben", "cleo" })
            side.Show(new ServerEvent.ClientJoined(name, 10));
        side.Show(new ServerEvent.Started(["ada", "ben", "cleo"]));
        side.Show(new ServerEvent.TurnStarted("ada", 1));
        side.Show(SampleSteps.Served with { Client = "ada", Step = 30 });
        side.Show(new ServerEvent.TurnStarted("ben", 1));
        _clock.Advance(TimeSpan.FromSeconds(2));
        side.Show(SampleSteps.Served with { Client = "ben", Step = 10 });
        side.Show(new ServerEvent.ClientLost("cleo", "the connection is lost"));

        var clients = Shown(side).GetProperty("server").GetProperty("clients").EnumerateArray().ToDictionary(client => client.GetProperty("name").GetString()!);

        Assert.Equal(["waiting", "training", "lost"], clients.Values.Select(client => client.GetProperty("state").GetString()));
        Assert.Equal([2.25, 0.75, 0], clients.Values.Select(client => client.GetProperty("share").GetDouble()));
        Assert.Equal("the connection is lost", clients["cleo"].GetProperty("reason").GetString());
        Assert.Equal(2000, clients["ben"].GetProperty("seen").GetInt64() - clients["ada"].GetProperty("seen").GetInt64());
    }

    [Fact]
    public void The_middle_is_idle_while_it_computes_no_pass()
    {
        var side = Side(new FlGlmConfig());
        side.Show(new ServerEvent.Started(["ada"]));
        _clock.Advance(TimeSpan.FromSeconds(0.42));
        for (var step = 1; step <= 5; step++)
            side.Show(SampleSteps.Served with { Client = "ada", Step = step }); // 12 + 30 ms each

        Assert.Equal(0.5, Shown(side).GetProperty("server").GetProperty("idle_share").GetDouble(), 3);
    }

    [Fact]
    public void Generating_clients_are_counted_while_they_generate()
    {
        var side = Side(new FlGlmConfig());
        side.Show(new ServerEvent.GenerationStarted("ada"));
        side.Show(new ServerEvent.GenerationStarted("ben"));
        side.Show(new ServerEvent.CachesHeld(4096));
        side.Show(new ServerEvent.GenerationEnded("ada"));

        var server = Shown(side).GetProperty("server");

        Assert.Equal(["ben"], server.GetProperty("generating").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(4096, server.GetProperty("memory").GetProperty("caches").GetInt64());
    }

    [Fact]
    public void An_evaluation_shows_how_far_it_is()
    {
        var side = Side(new FlGlmConfig());
        side.Show(new EvaluationEvent.Progress(12, 48, 3.5));

        var answered = Shown(side).GetProperty("evaluation");

        Assert.Equal(("evaluating", 12, 48), (StateOf(side), answered.GetProperty("done").GetInt32(), answered.GetProperty("total").GetInt32()));
    }

    [Fact]
    public void A_connection_that_never_joined_is_no_client()
    {
        var side = Side(new FlGlmConfig());
        side.Show(new ServerEvent.ClientLost("10.0.0.9:41000", "not this protocol"));

        Assert.Empty(Shown(side).GetProperty("server").GetProperty("clients").EnumerateArray());
    }

    private static ClientEvent.Validated Validated(int step, double loss) => new(step, new ValidationResult(loss, new Dictionary<string, double>()));

    private static string StateOf(SideState side) => Shown(side).GetProperty("state").GetString()!;

    private static JsonElement Shown(SideState side) => JsonDocument.Parse(PageJson.Write(side.Shown(0))).RootElement;

    private SideState Side(FlGlmConfig config) => new PageState("test", insecure: false, _clock).Add("test", RunFacts.Of(config));
}
