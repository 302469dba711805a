using FlGlm.Client.Data;
using FlGlm.Core.Configuration;
using FlGlm.Privacy.Attacks;
using FlGlm.Privacy.Evaluation;
using FlGlm.Privacy.Metrics;
using FlGlm.Privacy.Tap;
using FlGlm.Privacy.Tests.Tap;
using FlGlm.Testing;

namespace FlGlm.Privacy.Tests.Attacks;

/// <summary>Attacks on recordings of tiny runs.</summary>
public sealed class ChannelAttackTests : IDisposable
{
    private static readonly TinyLlama Model = new() { Hidden = 16, Vocabulary = 32, MaxPositions = 64 };
    private readonly TempFolder _folder = new();
    private readonly string _model;

    public ChannelAttackTests() => _model = Model.Write(_folder.At("model"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Without_a_block_in_the_tail_the_gradients_support_tells_every_position_with_loss_and_their_directions_the_labels()
    {
        var plan = RecorderTests.Plan(PeftMethod.Lora, tail: 0);
        var recording = await RecordedRun.RecordAsync(_model, plan, RecorderTests.Rows(), _folder.At("tap"));
        using var gradient = ObservedRows.Of(recording, RecordedRun.Client, PassChannel.GradientUp, PassTruth.Of(RecorderTests.Rows(), plan, 3));

        var support = GradientSupport.Measure(gradient);

        Assert.True(support.IsExact);
        Assert.Equal(1, support.Area.Value);
        using var model = new PublicModel(_model);
        var (guesses, labels) = LabelDirections.AtLoss(LabelDirections.Guess(model, gradient.Rows), gradient);
        Assert.Equal(gradient.Judged.Count(judged => judged), labels.Length);
        Assert.True(TokenScores.Of(guesses, labels).Top1 > TokenScores.Baseline(labels) + 0.2);
    }

    [Fact]
    public async Task With_a_block_in_the_tail_the_support_tells_nothing_exactly()
    {
        var plan = RecorderTests.Plan(PeftMethod.Lora, tail: 1);
        var recording = await RecordedRun.RecordAsync(_model, plan, RecorderTests.Rows(), _folder.At("tap"));
        using var gradient = ObservedRows.Of(recording, RecordedRun.Client, PassChannel.GradientUp, PassTruth.Of(RecorderTests.Rows(), plan, 3));

        Assert.False(GradientSupport.Measure(gradient).IsExact);
    }

    [Fact]
    public async Task The_embedding_that_travels_in_full_fine_tuning_tells_which_tokens_occur()
    {
        Example[] rows = [.. Enumerable.Range(0, 6).Select(row => new Example([3, 5, 7 + row, 5], [3, 5, 7 + row, 5]))];
        var plan = RecorderTests.Plan(PeftMethod.None) with { Training = new TrainingSettings { Steps = 1, BatchSize = 6, Strategy = StrategyName.ServerHierarchical }, Clients = new ClientsSettings { Expected = 2 } };
        var recording = await RecordedRun.RecordAsync(_model, plan, rows, _folder.At("tap"));
        using var model = new PublicModel(_model);
        var sent = recording.Adapters.First(adapter => adapter.FromClient);

        var change = EmbeddingChange.Measure(model, sent, rows.SelectMany(row => row.Ids).Select(id => (long)id).ToHashSet())!;

        Assert.Equal((1.0, 8, 1.0, 1.0), (change.Area, change.Changed, change.Found, change.Correct));
    }

    [Fact]
    public async Task A_lora_adapter_that_travels_is_scored_against_the_tokens_that_have_occurred_and_counts_are_read_exactly()
    {
        Example[] rows = [.. Enumerable.Range(0, 12).Select(row => new Example([3, 5, 7 + (row % 3), 5], [3, 5, 7 + (row % 3), 5]))];
        var plan = RecorderTests.Plan(PeftMethod.Lora) with
        {
            Training = new TrainingSettings { Steps = 12, BatchSize = 3, MicroBatches = 2, Strategy = StrategyName.ClientBatch, AveragePeriod = 4, AverageWeights = AverageWeights.Targets },
            Clients = new ClientsSettings { Expected = 2 },
        };
        var recording = await RecordedRun.RecordAsync(_model, plan, rows, _folder.At("tap"));
        using var model = new PublicModel(_model);
        var truth = PassTruth.Of(rows, plan, 12).ToList();

        var channels = new ChannelSummary(recording, RecordedRun.Client, model, truth).Of([]).ToList();

        var sent = recording.Adapters.First(adapter => adapter.FromClient && adapter.Client == RecordedRun.Client);
        Assert.Equal(8, sent.PassesBefore);
        var adapters = channels.Single(channel => channel.Channel == "adapters");
        Assert.InRange(adapters.Value!.Value, 0, 1);
        Assert.Contains("block 0 after 8 passes", adapters.Note, StringComparison.Ordinal);
        Assert.Equal(AdapterChange.Measure(model, sent, new HashSet<long> { 3, 5, 7, 8, 9 })!.Area.Value, adapters.Value);
        Assert.Equal(1, channels.Single(channel => channel.Channel == "counts").Value);
        Assert.Equal("no embedding has travelled", channels.Single(channel => channel.Channel == "embedding change").Note);
        Assert.Equal("the lengths tell their order already", channels.Last(channel => channel.Channel == "sizes and times").Note);
        Assert.All(channels.Take(6), channel => Assert.Null(channel.Value));
    }

    [Fact]
    public async Task Data_or_clients_that_are_not_the_recordings_are_refused()
    {
        var plan = RecorderTests.Plan(PeftMethod.Lora);
        var recording = await RecordedRun.RecordAsync(_model, plan, RecorderTests.Rows(), _folder.At("tap"));

        var otherRows = Assert.Throws<DataException>(() => ObservedRows.Of(recording, RecordedRun.Client, PassChannel.HiddenUp, PassTruth.Of([.. RecorderTests.Rows().Skip(1)], plan, 3)));
        var otherClient = Assert.Throws<DataException>(() => ObservedRows.Of(recording, "nobody", PassChannel.HiddenUp, PassTruth.Of(RecorderTests.Rows(), plan, 3)));

        Assert.Contains("other rows than its data give", otherRows.Message, StringComparison.Ordinal);
        Assert.Contains(RecordedRun.Client, otherClient.Message, StringComparison.Ordinal);
    }
}
