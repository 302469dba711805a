using FlGlm.Core.Checkpoints;
using FlGlm.Core.Compute;
using FlGlm.Privacy.Metrics;
using FlGlm.Privacy.Tap;
using static TorchSharp.torch;

namespace FlGlm.Privacy.Attacks;

/// <summary>
/// Which tokens occur in a client's rows, read from the LoRA adapter of the lowest block that travels at an average: a product of gradients and inputs,
/// it maps the embeddings of tokens that have occurred further from 0 than those of others. A rough score, which needs no training.
/// </summary>
/// <param name="Area">of |B A e| / |e| over all tokens</param>
/// <param name="Control">the same with random values in the place of B, which starts at 0: what A and the public embedding tell alone</param>
/// <param name="Block">the lowest</param>
public sealed record AdapterChange(RocArea Area, double Control, int Block)
{
    private const string A = ".lora_A.weight";
    private static readonly string[] Inputs = ["q_proj", "k_proj", "v_proj", "query_key_value"];

    /// <summary>Scores every token.</summary>
    /// <param name="occurring">the tokens of the client's rows so far</param>
    /// <returns>null where no adapter of an attention's input travelled, or all tokens or none occur</returns>
    public static AdapterChange? Measure(PublicModel model, RecordedAdapter sent, IReadOnlySet<long> occurring, long seed = 1)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sent);
        ArgumentNullException.ThrowIfNull(occurring);
        using var file = TensorFile.Open(sent.File);
        var found = file.Tensors.Keys.Where(name => name.EndsWith(A, StringComparison.Ordinal) && Inputs.Any(input => name.Contains(input, StringComparison.Ordinal))).ToLookup(BlockOf);
        if (found.Count == 0 || occurring.Count == 0 || occurring.Count >= model.Family.Shape.Vocabulary)
            return null;
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        var directions = nn.functional.normalize(model.ReadEmbedding(), dim: 1);
        var first = found.MinBy(block => block.Key)!;
        var (score, control) = (zeros(directions.shape[0]), zeros(directions.shape[0]));
        foreach (var name in first)
        {
            var inner = nn.functional.linear(directions, file.Read(name).to(float32));
            var after = file.Read(name.Replace(A, ".lora_B.weight", StringComparison.Ordinal)).to(float32);
            score = score.Plus(Squares(nn.functional.linear(inner, after)));
            control = control.Plus(Squares(nn.functional.linear(inner, SeededValues.Normal(seed, name, 1, after.shape))));
        }

        return new AdapterChange(RocArea.Of(Scored(score)), RocArea.Of(Scored(control).SelectMany(token => token)), first.Key);

        List<IReadOnlyList<(double Score, bool IsTrue)>> Scored(Tensor of) =>
            [.. of.data<float>().ToArray().Select((value, token) => (IReadOnlyList<(double, bool)>)[((double)value, occurring.Contains(token))])];
    }

    private static Tensor Squares(Tensor x) => x.mul(x).sum(1);

    /// <summary>The first number in a tensor's name.</summary>
    private static int BlockOf(string name) => name.Split('.').Select(part => int.TryParse(part, out var block) ? block : -1).FirstOrDefault(block => block >= 0, int.MaxValue);
}
