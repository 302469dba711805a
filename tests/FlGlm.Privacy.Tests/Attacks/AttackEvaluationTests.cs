using System.Text.Json;
using FlGlm.Client.Data;
using FlGlm.Core.Configuration;
using FlGlm.Privacy.Attacks;
using FlGlm.Privacy.Evaluation;
using FlGlm.Privacy.Tests.Tap;
using FlGlm.Testing;

namespace FlGlm.Privacy.Tests.Attacks;

/// <summary>The whole of <c>flglm attack</c> on a recording of the demo's model.</summary>
public sealed class AttackEvaluationTests : IDisposable
{
    private static readonly string Model = RepositoryFolder.At("demo", "model");
    private static readonly DataSettings Data = new() { Train = [RepositoryFolder.At("demo", "data", "harbour.jsonl")], MaxLength = 128 };
    private static readonly RunPlan Plan = new() { Training = new TrainingSettings { Steps = 2, BatchSize = 4 } };
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_channel_is_attacked_with_controls_and_other_models_data_and_clients_are_refused()
    {
        using (var data = Dataset.Load(Data, Model, 256))
            await RecordedRun.RecordAsync(Model, Plan, [.. data.Train], _folder.At("tap"));
        var options = new AttackOptions
        {
            Recording = _folder.At("tap"),
            Model = Model,
            Plan = Plan,
            Data = Data,
            Shadow = [RepositoryFolder.At("demo", "data", "garden.jsonl")],
            MaxRows = 4,
            Settings = new AttackSettings { Steps = 2, BatchSize = 4, Width = 8 },
            Matching = new MatchingSettings { Rows = 1, Steps = 2 },
            Seeds = 2,
        };

        var report = new AttackEvaluation(options).Run();

        Assert.Equal(["GradientDown", "GradientUp", "GradientUp and GradientDown", "HiddenDown", "HiddenUp", "joint"], report.Results.Select(result => result.Channel).Distinct().Order(StringComparer.Ordinal));
        Assert.True(report.Results[0] is { Attack: "nearest neighbour", PositiveHolds: true, NegativeHolds: true, Leakage: > 0.2 });
        Assert.Equal(
            ["h up", "h down", "g up", "g down", "g up and down", "joint", "adapters", "embedding change", "counts", "sizes and times"], report.Channels.Select(channel => channel.Channel).Distinct());
        Assert.All(report.Results, result => Assert.Equal(result.Attack.Contains("inverter", StringComparison.Ordinal), result.Seeds is not null));
        Assert.Equal(report.Results.Count + report.Channels.Count + 4, report.Markdown().Split('\n').Count(line => line.StartsWith('|')));
        Assert.NotEmpty(JsonSerializer.Serialize(report));
        Assert.Equal(report.Results.Count + 1, AttackTable.Csv(report.Results).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal("split.head", Refused(options with { Plan = Plan with { Split = new SplitSettings { Head = 2 } } }));
        Assert.Equal("--seeds", Refused(options with { Seeds = 0 }));
        Assert.Equal("attack.match_steps", Refused(options with { Matching = new MatchingSettings { Steps = 0 } }));
        Assert.Equal("--shadow", Refused(options with { Shadow = [] }));
        Assert.Equal("attack.steps", Refused(options with { Settings = new AttackSettings { Steps = 0 } }));
        Assert.Throws<DataException>(() => new AttackEvaluation(options with { Client = "nobody" }).Run());
        Assert.Throws<DataException>(() => new AttackEvaluation(options with { Data = Data with { Train = options.Shadow } }).Run());
    }

    private static string Refused(AttackOptions options) => Assert.Throws<ConfigurationException>(() => new AttackEvaluation(options).Run()).Problems[0].Key;
}
