namespace FlGlm.EndToEnd.Tests.TensorBoard;

/// <summary>An event of a file, read back.</summary>
/// <param name="Begins">Whether a session starts with it: the first of a run is its beginning, a further one voids what is there of its step and later ones.</param>
internal sealed record EventRecord(double WallTime, long Step, string? Version, bool Begins, IReadOnlyList<EventRecordValue> Values)
{
    /// <summary>The events of a folder's files that count for TensorBoard, which reads them in the order of their names.</summary>
    public static IReadOnlyList<EventRecord> ThatCount(string folder)
    {
        List<EventRecord> events = [];
        var hasBegun = false;
        foreach (var happened in Directory.GetFiles(folder).Order(StringComparer.Ordinal).SelectMany(EventRecordReader.Read))
        {
            if (happened.Begins && hasBegun)
                events.RemoveAll(earlier => earlier.Step >= happened.Step);
            hasBegun |= happened.Begins;
            events.Add(happened);
        }

        return events;
    }
}
