using FlGlm.Core.Models;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;

namespace FlGlm.Cli.Inspection;

/// <summary>
/// About how much memory a training step's activations take at a stage: what its blocks keep for the walk back, what the one block in hand
/// works on, and at the tail the logits. Counted operation by operation, of live tensors; what an allocator keeps in reserve comes on top.
/// </summary>
/// <param name="rows">B</param>
/// <param name="length">T; a prefix adds its own keys and values to it</param>
internal sealed class ActivationEstimate(ModelFamily family, PeftSettings peft, int rows, int length, int elementBytes)
{
    private readonly ModelShape _shape = family.Shape;

    /// <summary>Tokens of a batch.</summary>
    private long Tokens => (long)rows * length;

    /// <summary>L + T, what each token may look at.</summary>
    private long Seen => length + (peft.Method == PeftMethod.PTuningV2 ? peft.Prefix.Length : 0);

    /// <summary>A (L + T) attention scores of one token.</summary>
    private long Scores => _shape.Heads * Seen;

    /// <summary>Width of the MLP: the widest input of a block's linear layers.</summary>
    private long Intermediate => Linears(0).Max(weight => weight.Shape[1]);

    public long Of(StageName stage, BlockRange blocks)
    {
        var inBlocks = blocks.Count == 0 ? 0 : (blocks.Count * KeptByBlock(blocks.First)) + WorkOfBlock();
        return inBlocks + (stage == StageName.Tail ? Logits() : 0);
    }

    /// <summary>Both norms' inputs (in float32), query, keys and values, the attention's weights twice over, and three of the MLP's widths.</summary>
    private long KeptByBlock(int block)
    {
        var keysAndValues = 2L * rows * Seen * _shape.KeyWidth * elementBytes;
        var scores = Scores * (elementBytes == sizeof(float) ? sizeof(float) : sizeof(float) + elementBytes);
        var dense = (2L * sizeof(float) * _shape.Hidden) + (elementBytes * (((long)_shape.Heads * _shape.HeadSize) + (3 * Intermediate)));
        return (Tokens * (scores + dense + KeptToTrain(block))) + keysAndValues;
    }

    /// <summary>The inputs of the linear layers that train: with LoRA in float32, in front of both of its halves.</summary>
    private long KeptToTrain(int block) => peft.Method switch
    {
        PeftMethod.Lora => sizeof(float) * AdapterSize.Targets(family, peft, new BlockRange(block, 1)).Sum(weight => weight.Shape[1] + peft.Lora.Rank),
        PeftMethod.None => elementBytes * Linears(block).Sum(weight => weight.Shape[1]),
        _ => 0,
    };

    /// <summary>What is gone before the next block begins: rotations and sums, the scores before the softmax, the MLP's steps.</summary>
    private long WorkOfBlock() =>
        Tokens * ((elementBytes * ((12L * _shape.Hidden) + (6 * Intermediate))) + (Scores * ((3 * elementBytes) + sizeof(float))));

    /// <summary>Logits, their logarithmic probabilities and gradients, float32 beside the run's own dtype.</summary>
    private long Logits() => Tokens * _shape.Vocabulary * (elementBytes == sizeof(float) ? 12 : 16);

    private IEnumerable<TensorSpec> Linears(int block) => family.Tensors.Where(tensor => tensor.Block == block && tensor.Shape.Length == 2);
}
