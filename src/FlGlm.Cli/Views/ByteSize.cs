using System.Globalization;

namespace FlGlm.Cli.Views;

/// <summary>A number of bytes in words.</summary>
internal static class ByteSize
{
    /// <summary>In GiB, MiB or KiB, with two decimals.</summary>
    public static string Of(double bytes)
    {
        var (unit, name) = bytes >= 1L << 29 ? (1L << 30, "GiB") : bytes >= 1L << 19 ? (1L << 20, "MiB") : (1L << 10, "KiB");
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / unit:F2} {name}");
    }
}
