using FlGlm.Client.Stages;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;

namespace FlGlm.Cli.Inspection;

/// <summary>
/// Estimates the memory of a training step's activations at a stage: tensors that its blocks keep for the backward, temporary tensors of the
/// current block, and at the tail the logits. Counts live tensors operation by operation; an allocator's reserve is not included.
/// </summary>
/// <param name="rows">B</param>
/// <param name="length">T; a prefix adds its own keys and values to it</param>
/// <param name="holdsScores">whether attention scores exist: with attention dropout; the fused kernel never holds them</param>
internal sealed class ActivationEstimate(ModelFamily family, PeftSettings peft, int rows, int length, int elementBytes, bool holdsScores)
{
    private readonly ModelShape _shape = family.Shape;

    /// <summary>Tokens of a batch.</summary>
    private long Tokens => (long)rows * length;

    /// <summary>L + T, the positions that a token attends to.</summary>
    private long Seen => length + (peft.Method == PeftMethod.PTuningV2 ? peft.Prefix.Length : 0);

    /// <summary>A (L + T) attention scores of one token, where they exist.</summary>
    private long Scores => holdsScores ? _shape.Heads * Seen : 0;

    /// <summary>Width of the MLP: the widest input of a block's linear layers.</summary>
    private long Intermediate => Linears(0).Max(weight => weight.Shape[1]);

    public long Of(StageName stage, BlockRange blocks)
    {
        var inBlocks = blocks.Count == 0 ? 0 : (blocks.Count * KeptByBlock(blocks.First)) + WorkOfBlock();
        return inBlocks + (stage == StageName.Tail ? Logits() : 0);
    }

    /// <summary>Both norms' inputs (in float32), query, keys and values, the attention weights twice if they exist, and three tensors of the MLP's width.</summary>
    private long KeptByBlock(int block)
    {
        var keysAndValues = 2L * rows * Seen * _shape.KeyWidth * elementBytes;
        var scores = Scores * (elementBytes == sizeof(float) ? sizeof(float) : sizeof(float) + elementBytes);
        var dense = (2L * sizeof(float) * _shape.Hidden) + (elementBytes * (((long)_shape.Heads * _shape.HeadSize) + (3 * Intermediate)));
        return (Tokens * (scores + dense + KeptToTrain(block))) + keysAndValues;
    }

    /// <summary>The inputs of the trained linear layers; with LoRA in float32, the inputs of both of its matrices.</summary>
    private long KeptToTrain(int block) => peft.Method switch
    {
        PeftMethod.Lora => sizeof(float) * AdapterSize.Targets(family, peft, new BlockRange(block, 1)).Sum(target => target.Weight.Shape[1] + target.Rank),
        PeftMethod.None => elementBytes * Linears(block).Sum(weight => weight.Shape[1]),
        _ => 0,
    };

    /// <summary>Temporary tensors of one block: rotations and sums, the scores before the softmax, the steps of the MLP.</summary>
    private long WorkOfBlock() =>
        Tokens * ((elementBytes * ((12L * _shape.Hidden) + (6 * Intermediate))) + (Scores * ((3 * elementBytes) + sizeof(float))));

    /// <summary>
    /// Logits, their log probabilities and gradients, in float32 and in the run's dtype, of as many tokens as are judged at a time; and where that is not all
    /// of them, the gradient of the LM head's input twice.
    /// </summary>
    private long Logits()
    {
        var all = peft.TrainsWhole(_shape.TiedHead ? family.EmbeddingName : family.LmHeadName) || Tokens <= TailStage.JudgedAtOnce;
        return ((all ? Tokens : TailStage.JudgedAtOnce) * _shape.Vocabulary * (elementBytes == sizeof(float) ? 12 : 16)) + (all ? 0 : Tokens * _shape.Hidden * 2 * sizeof(float));
    }

    private IEnumerable<TensorSpec> Linears(int block) => family.Tensors.Where(tensor => tensor.Block == block && tensor.Shape.Length == 2);
}
