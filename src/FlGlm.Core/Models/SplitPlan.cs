using FlGlm.Core.Configuration;

namespace FlGlm.Core.Models;

/// <summary>The blocks of each stage.</summary>
public sealed record SplitPlan
{
    private readonly int _blocks;
    private readonly SplitSettings _split;

    /// <param name="blocks">N</param>
    /// <exception cref="ConfigurationException">head and tail together have more blocks than the model</exception>
    public SplitPlan(int blocks, SplitSettings split)
    {
        if (split.Head < 0 || split.Tail < 0 || split.Head + split.Tail > blocks)
        {
            throw new ConfigurationException(
                "split", $"head {split.Head} and tail {split.Tail} do not fit a model of {blocks} blocks; together at most {blocks}.");
        }

        _blocks = blocks;
        _split = split;
    }

    /// <summary>Whether more than one stage has blocks.</summary>
    public bool IsCut => Enum.GetValues<StageName>().Count(stage => this[stage].Count > 0) > 1;

    /// <summary>The blocks of a stage: the first of the model for the head, the last for the tail.</summary>
    public BlockRange this[StageName stage] => stage switch
    {
        StageName.Head => new BlockRange(0, _split.Head),
        StageName.Middle => new BlockRange(_split.Head, _blocks - _split.Head - _split.Tail),
        _ => new BlockRange(_blocks - _split.Tail, _split.Tail),
    };

    /// <summary>The stage that holds this tensor. A tied LM head is the embedding's tensor, which head and tail share.</summary>
    public StageName Owner(TensorSpec tensor) => tensor.Part switch
    {
        ModelPart.Embedding => StageName.Head,
        ModelPart.FinalNorm or ModelPart.LmHead => StageName.Tail,
        _ => Enum.GetValues<StageName>().First(stage => this[stage].Contains(tensor.Block)),
    };
}
