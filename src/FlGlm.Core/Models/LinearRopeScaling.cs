using System.Globalization;
using FlGlm.Core.Compute;
using static TorchSharp.torch;

namespace FlGlm.Core.Models;

/// <summary>Every frequency is divided by the factor (Chen et al., Extending Context Window ... via Position Interpolation, 2023).</summary>
/// <param name="Factor">The quotient of the new and the old context.</param>
internal sealed record LinearRopeScaling(double Factor) : RopeScaling(Factor)
{
    internal override Tensor Apply(Tensor inverse) => inverse.Over((float)Factor);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"linear({Factor:R})");
}
