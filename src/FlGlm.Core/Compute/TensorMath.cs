using TorchSharp;
using static TorchSharp.torch;

namespace FlGlm.Core.Compute;

/// <summary>
/// Operations of a tensor and a number. TorchSharp's own make a <see cref="Scalar"/> that a garbage collection can free before libtorch
/// has read the number; here it lives until the operation has returned. Names with InPlace change their tensor and return it.
/// </summary>
internal static class TensorMath
{
    /// <summary>The factor of the second summand in TorchSharp's additions.</summary>
    public static readonly Scalar One = 1;

    public static Tensor Plus(this Tensor x, Tensor y) => x.add(y, One);

    public static Tensor Plus(this Tensor x, double y)
    {
        using Scalar number = y;
        return x.add(number, One);
    }

    public static Tensor PlusInPlace(this Tensor x, Tensor y) => x.add_(y, One);

    public static Tensor PlusInPlace(this Tensor x, double y)
    {
        using Scalar number = y;
        return x.add_(number, One);
    }

    public static Tensor Minus(this Tensor x, double y)
    {
        using Scalar number = y;
        return x.sub(number);
    }

    public static Tensor Times(this Tensor x, double y)
    {
        using Scalar number = y;
        return x.mul(number);
    }

    public static Tensor TimesInPlace(this Tensor x, double y)
    {
        using Scalar number = y;
        return x.mul_(number);
    }

    public static Tensor Over(this Tensor x, double y)
    {
        using Scalar number = y;
        return x.div(number);
    }

    public static Tensor FillInPlace(this Tensor x, double value)
    {
        using Scalar number = value;
        return x.fill_(number);
    }

    public static Tensor IsEqualTo(this Tensor x, long y)
    {
        using Scalar number = y;
        return x.eq(number);
    }

    public static Tensor IsAtLeast(this Tensor x, double y)
    {
        using Scalar number = y;
        return x.ge(number);
    }

    public static Tensor IsAtMost(this Tensor x, double y)
    {
        using Scalar number = y;
        return x.le(number);
    }

    public static Tensor IsMoreThan(this Tensor x, double y)
    {
        using Scalar number = y;
        return x.gt(number);
    }

    /// <summary>first, first + step, ... below end; float32.</summary>
    public static Tensor Range(long first, long end, long step, Device device)
    {
        using Scalar from = first;
        using Scalar to = end;
        using Scalar by = step;
        return arange(from, to, by, dtype: float32, device: device);
    }
}
