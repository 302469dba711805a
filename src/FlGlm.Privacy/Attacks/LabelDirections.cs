using FlGlm.Core.Models;
using static TorchSharp.torch;

namespace FlGlm.Privacy.Attacks;

/// <summary>
/// Which token is learnt at a position, read from the direction of dL/dhN-2: the loss pulls the state towards the label's row of the LM head. Exact
/// mathematics without a block in the tail, an approximation with one. Trains nothing.
/// </summary>
public static class LabelDirections
{
    /// <summary>Guesses for the token behind each position, at that position.</summary>
    /// <param name="gradient">dL/dhN-2</param>
    public static TokenGuesses Guess(PublicModel model, PackedRows gradient)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(gradient);
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        var shape = model.Family.Shape;
        var head = shape.TiedHead ? model.ReadEmbedding() : model.Checkpoint.Read(model.Family.LmHeadName, [shape.Vocabulary, shape.Hidden], "the attack").to(float32);
        var norm = model.Family.Tensors.First(tensor => tensor.Part == ModelPart.FinalNorm);
        var directions = head * model.Checkpoint.Read(norm.Name, norm.Shape, "the attack").to(float32);
        directions = nn.functional.normalize(directions, dim: 1);
        var pull = nn.functional.linear(gradient.Vectors.neg(), directions);
        return new TokenGuesses(gradient.Lengths, pull.topk(TokenGuesses.Candidates, 1).indexes.cpu().data<long>().ToArray());
    }

    /// <summary>The guesses at positions that carry loss and the tokens behind them, as rows to score.</summary>
    /// <param name="truth">of the same rows</param>
    public static (TokenGuesses Guesses, long[] Labels) AtLoss(TokenGuesses guesses, KnownRows truth)
    {
        ArgumentNullException.ThrowIfNull(guesses);
        ArgumentNullException.ThrowIfNull(truth);
        int[] places = [.. Enumerable.Range(0, truth.Ids.Length).Where(place => truth.Judged[place])];
        int[] lengths = [.. truth.Rows.Lengths.Scan().Zip(truth.Rows.Lengths, (start, length) => Enumerable.Range(start, length).Count(place => truth.Judged[place])).Where(count => count > 0)];
        return (new TokenGuesses(lengths, [.. places.SelectMany(place => guesses.Best.AsSpan(place * TokenGuesses.Candidates, TokenGuesses.Candidates).ToArray())]), [.. places.Select(place => truth.Ids[place + 1])]);
    }
}
