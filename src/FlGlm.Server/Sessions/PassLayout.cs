using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Wire.Messages;

namespace FlGlm.Server.Sessions;

/// <summary>Reads and checks the layout of a pass's rows.</summary>
internal static class PassLayout
{
    /// <exception cref="ProtocolException">No rows, rows of a length that the model does not take, or contexts that are not inside them.</exception>
    public static SequenceLayout Read(Pass pass, ModelFamily family)
    {
        if (pass.Lengths.Count == 0)
            throw Wrong("no rows came");
        foreach (var length in pass.Lengths.Where(length => length < 1 || length > family.Shape.MaxPositions))
            throw Wrong($"a row of {length} tokens came; this model takes 1 to {family.Shape.MaxPositions}");
        if (pass.Lengths.Count * (long)pass.Lengths.Max() > int.MaxValue)
            throw Wrong($"{pass.Lengths.Count} rows of up to {pass.Lengths.Max()} tokens came, more than a tensor's rows");
        return new SequenceLayout([.. pass.Lengths]) { Contexts = Contexts(pass, family) };
    }

    public static ProtocolException Wrong(string what) => new(FaultCode.WrongShape, $"A pass does not fit the plan: {what}.");

    /// <summary>The contexts: one per row for a family that has them, else none.</summary>
    private static RowContext[]? Contexts(Pass pass, ModelFamily family)
    {
        var due = family.Marks is null ? 0 : pass.Lengths.Count;
        if (pass.ContextLengths.Count != due || pass.MaskPositions.Count != due)
            throw Wrong($"{pass.ContextLengths.Count} context lengths and {pass.MaskPositions.Count} mask positions came; {due} of each were expected");
        RowContext[] contexts = [.. pass.ContextLengths.Zip(pass.MaskPositions, (length, position) => new RowContext(length, position))];
        foreach (var (context, length) in contexts.Zip(pass.Lengths))
        {
            if (context.Length < 0 || context.Length >= length || context.MaskPosition < 0 || context.MaskPosition >= length)
                throw Wrong($"a context of {context.Length} tokens with the mask at {context.MaskPosition} came for a row of {length} tokens");
        }

        return due == 0 ? null : contexts;
    }
}
