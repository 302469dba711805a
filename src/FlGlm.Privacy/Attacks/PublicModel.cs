using FlGlm.Client.Data;
using FlGlm.Client.Defences;
using FlGlm.Client.Stages;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire;
using FlGlm.Privacy.Tap;
using static TorchSharp.torch;

namespace FlGlm.Privacy.Attacks;

/// <summary>The base model, which the attacker has too.</summary>
/// <param name="directory">a checkpoint directory with all its tensors</param>
public sealed class PublicModel(string directory) : IDisposable
{
    private ModelFamily? _family;

    /// <summary>The files.</summary>
    public HfCheckpoint Checkpoint { get; } = HfCheckpoint.Open(directory);

    /// <summary>The architecture.</summary>
    public ModelFamily Family => _family ??= ModelFamily.Of(Checkpoint);

    /// <summary>The token embedding [V, H] in float32; the caller disposes it.</summary>
    public Tensor ReadEmbedding() => Checkpoint.Read(Family.EmbeddingName, [Family.Shape.Vocabulary, Family.Shape.Hidden], "the attack").to(float32);

    /// <summary>What the attacker's copy of the model makes of rows in a channel: of its own to train with, or of the client's for a control.</summary>
    /// <param name="split">of the run; head 0 is the naked boundary, the embedding alone</param>
    /// <param name="batchSize">rows in a pass: a gradient's size depends on them</param>
    public KnownRows Shadow(IReadOnlyList<Example> rows, SplitSettings split, PassChannel channel, int batchSize = 16) => Shadow(rows, split, [channel], batchSize);

    /// <summary>The same of several channels, one after the other in each vector.</summary>
    /// <param name="defence">of the attacker's own, with which the rows leave as the client's do; null = they leave as they are</param>
    /// <inheritdoc cref="Shadow(IReadOnlyList{Example}, SplitSettings, PassChannel, int)"/>
    public KnownRows Shadow(IReadOnlyList<Example> rows, SplitSettings split, IReadOnlyList<PassChannel> channels, int batchSize = 16, IBoundaryDefence? defence = null)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(split);
        ArgumentNullException.ThrowIfNull(channels);
        var blueprint = BlueprintOf(split);
        using var scope = NewDisposeScope();
        using var client = new ClientStages(Checkpoint, blueprint);
        using var middle = new MiddleStage(Checkpoint, blueprint);
        List<Tensor> packed = [];
        foreach (var (number, part) in rows.Chunk(batchSize).Index())
        {
            var batch = BatchCollator.Collate(part, marks: Family.Marks);
            var read = defence?.Tokens(batch, client.Head.Embedding) ?? batch;
            var pass = new BoundaryPass(PassPurpose.Train, number + 1, FirstRow: 0, batch.Layout) { Rows = read };
            packed.Add(HiddenFrames.Pack(Compute(client, middle, pass, channels, defence), batch.Layout));
        }

        var vectors = cat([.. packed], 0).to(float32).DetachFromDisposeScope();
        return new KnownRows(new PackedRows(vectors, [.. rows.Select(row => row.Ids.Length)]), [.. rows.SelectMany(row => row.Ids).Select(id => (long)id)], [.. rows.SelectMany(JudgedOf)]);
    }

    /// <summary>Whether the loss is taken at each place of a row: where the next token is learnt.</summary>
    public static IEnumerable<bool> JudgedOf(Example row) => row.Labels.Skip(1).Select(label => label != Example.Ignored).Append(false);

    /// <inheritdoc/>
    public void Dispose() => Checkpoint.Dispose();

    /// <returns>[B, T, channels * H] in the caller's dispose scope</returns>
    private static Tensor Compute(ClientStages client, MiddleStage middle, BoundaryPass pass, IReadOnlyList<PassChannel> channels, IBoundaryDefence? defence)
    {
        var batch = pass.Rows!;
        var needsGradient = channels.Any(channel => channel is PassChannel.GradientUp or PassChannel.GradientDown);
        var mode = needsGradient ? PassMode.Train : PassMode.Evaluate;
        using var scope = NewDisposeScope();
        using var head = client.Head.Forward(batch, PassMode.Evaluate, defence is null ? null : hidden => defence.Hidden(hidden, pass));
        if (channels is [PassChannel.HiddenUp])
            return head.Output.clone().MoveToOuterDisposeScope();
        using var between = middle.Forward(head.Output, batch.Layout, mode);
        if (!needsGradient)
            return cat([.. channels.Select(channel => channel == PassChannel.HiddenUp ? head.Output : between.Output)], -1).MoveToOuterDisposeScope();
        using var tail = client.Tail.Forward(between.Output, batch, mode, defence?.UsesRowMeans == true);
        using var own = tail.Backward()!;
        var up = defence?.UpwardGradient(own, pass) ?? own;
        using var down = channels.Contains(PassChannel.GradientDown) ? between.Backward(up) : null;
        return cat([.. channels.Select(Of)], -1).detach().MoveToOuterDisposeScope();

        Tensor Of(PassChannel channel) => channel switch
        {
            PassChannel.HiddenUp => head.Output,
            PassChannel.HiddenDown => between.Output,
            PassChannel.GradientUp => up,
            _ => down!,
        };
    }

    internal StageBlueprint BlueprintOf(SplitSettings split) => new()
    {
        Family = Family,
        Split = new SplitPlan(Family.Shape.Blocks, split),
        Peft = new PeftSettings { Method = PeftMethod.None },
        Seed = 1,
        Device = CPU,
        Dtype = float32,
    };
}
