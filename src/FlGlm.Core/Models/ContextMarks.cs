using System.Text.Json;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Models;

/// <summary>Token ids that say where a row's context ends and which place its answer fills (ChatGLM-6B's config.json).</summary>
/// <param name="Start"><c>bos_token_id</c>, the start of the answer: what stands before the first one is the context</param>
/// <param name="GMask"><c>gmask_token_id</c>, the place of an answer of any length</param>
/// <param name="Mask"><c>mask_token_id</c>, the place of a gap; counts where the row has no gMASK</param>
public sealed record ContextMarks(int Start, int GMask, int Mask)
{
    private const int PublishedStart = 130004;

    /// <summary>Those that a <c>config.json</c> names. The published order, MASK, gMASK, two others, start, gives those that it leaves out.</summary>
    /// <exception cref="CheckpointException">a field is no whole number</exception>
    public static ContextMarks Read(JsonElement config, string path)
    {
        var fields = new JsonFields(config, path);
        var start = fields.Token("bos_token_id") ?? PublishedStart;
        return new ContextMarks(start, fields.Token("gmask_token_id") ?? start - 3, fields.Token("mask_token_id") ?? start - 4);
    }
}
