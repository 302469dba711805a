using FlGlm.Core.Models;
using static TorchSharp.torch;

namespace FlGlm.Core.Splitting;

/// <summary>What passes through one stage have of their own: the generator of their dropout, and the tables of the last layout, which the next uses again where it can.</summary>
/// <param name="seat">
/// of the client whose passes they are, counted from 1: from 2 on part of the name from which the seed follows
/// </param>
internal sealed class PassTables(StageBlueprint blueprint, StageName stage, int prefixLength, int seat) : IDisposable
{
    private BlockContext? _context;
    private SequenceLayout? _layout;

    public Dropout Dropout { get; } =
        new(StableSeed.Of(blueprint.Seed, seat == 1 ? $"dropout.{stage}" : $"dropout.{stage}.{seat}"), blueprint.Device);

    /// <summary>The rotary and mask tables for a layout; kept and used again while the next layouts have the same tables.</summary>
    public BlockContext Of(SequenceLayout layout)
    {
        if (_context is not null && _layout!.HasSameTables(layout))
            return _context;
        Forget();
        using var scope = NewDisposeScope();
        var (cos, sin, mask) = blueprint.Family.CreateTables(layout, prefixLength, blueprint.Dtype, blueprint.Device);
        var context = new BlockContext(cos, sin, mask, Dropout, blueprint.AttentionDropout) { AttentionStepByStep = blueprint.AttentionStepByStep };
        scope.Detach(cos, sin);
        if (mask is not null)
            scope.Detach(mask);
        (_context, _layout) = (context, layout);
        return context;
    }

    public void Dispose()
    {
        Forget();
        Dropout.Dispose();
    }

    /// <summary>The field is cleared first, so that no later pass finds tables that are freed.</summary>
    private void Forget()
    {
        var context = _context;
        (_context, _layout) = (null, null);
        context?.Cos.Dispose();
        context?.Sin.Dispose();
        context?.Mask?.Dispose();
    }
}
