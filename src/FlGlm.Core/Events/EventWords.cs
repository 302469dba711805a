using System.Globalization;

namespace FlGlm.Core.Events;

/// <summary>Words that the events of both sides share.</summary>
internal static class EventWords
{
    public static string Waited(TimeSpan waited, TimeSpan limit) =>
        limit > TimeSpan.Zero ? Text($"{waited.TotalSeconds:F0} s of {limit.TotalSeconds:0.###} s") : Text($"{waited.TotalSeconds:F0} s");

    public static string Seal(bool isSealed) => isSealed ? "sealed" : "INSECURE";

    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
