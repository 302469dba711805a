using FlGlm.Client.Data;
using FlGlm.Core.Configuration;
using FlGlm.Privacy.Attacks;
using FlGlm.Privacy.Evaluation;
using FlGlm.Privacy.Tap;
using FlGlm.Privacy.Tests.Tap;
using FlGlm.Testing;

namespace FlGlm.Privacy.Tests.Attacks;

/// <summary>Attacks on a recorded run of a small published model on published stories; prints the table.</summary>
public sealed class PublishedModelTests(ITestOutputHelper output) : IDisposable
{
    private const int Length = 64;
    private const int ClientRows = 256;
    private const int ShadowRows = 1024;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SharedFact]
    public async Task One_block_at_the_client_leaks_more_than_20_points_to_an_unshifted_inverter_and_both_controls_hold()
    {
        Assert.SkipUnless(TestScope.IsAll, TestScope.OnlyInAll);
        var model = SharedFolder.At("data", "weights", "stories260K-hf");
        var text = TextTokenizer.Open(model);
        var rows = Stories(text).Take(ClientRows + ShadowRows).ToList();
        var (own, shadow) = (rows[..ClientRows], rows[ClientRows..]);
        var plan = new RunPlan
        {
            Peft = new PeftSettings { Lora = new LoraSettings { Rank = 8, Targets = ["q_proj", "v_proj"] } },
            Optimizer = new OptimizerSettings { LearningRate = 1e-3 },
            Training = new TrainingSettings { Steps = ClientRows / 16, BatchSize = 16 },
        };
        var recording = await RecordedRun.RecordAsync(model, plan, own, _folder.At("tap"));
        using var @public = new PublicModel(model);
        var run = new AttackRun(@public, shadow, plan.Split, 16, ids => text.Decode(ids));
        using var seen = ObservedRows.Of(recording, RecordedRun.Client, PassChannel.HiddenUp, PassTruth.Of(own, plan, plan.Training.Steps));

        AttackResult[] results =
        [
            run.Nearest(PassChannel.HiddenUp, seen),
            run.Invert(PassChannel.HiddenUp, seen, InverterKind.Linear, new AttackSettings { Steps = 300, Start = InverterStart.Random }),
            run.Invert(PassChannel.HiddenUp, seen, InverterKind.Transformer, new AttackSettings { Steps = 100 }),
        ];

        output.WriteLine(AttackTable.Markdown(results));
        Assert.All(results, result => Assert.True(result.PositiveHolds && result.NegativeHolds && result.Leakage > AttackResult.PositiveMargin, result.ToString()));
    }

    /// <summary>Rows of stories one after the other; the second half of each is learnt.</summary>
    private static IEnumerable<Example> Stories(TextTokenizer text)
    {
        var stories = File.ReadLines(SharedFolder.At("data", "corpora", "tinystories_sample.txt")).Where(line => line.Length > 40);
        foreach (var story in stories)
        {
            int[] ids = [.. text.Encode(story, addBos: true).Take(Length)];
            if (ids.Length >= 8)
                yield return new Example(ids, [.. ids.Select((id, place) => place < ids.Length / 2 ? Example.Ignored : id)]);
        }
    }
}
