using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FlGlm.Core.Configuration;

namespace FlGlm.Privacy.Tap;

/// <summary>What a <see cref="Recorder"/> has written.</summary>
public sealed class Recording
{
    private readonly string _manifest;

    private Recording(string folder)
    {
        (Folder, _manifest) = (folder, Path.Combine(folder, RecordingWriter.Manifest));
        if (!File.Exists(_manifest))
            throw new DataException(folder, null, $"'{folder}' holds no recording ({RecordingWriter.Manifest} is missing). A server makes one with its tap.");
        var lines = File.ReadLines(_manifest).Select((text, line) => Parse(text, line + 1)).ToList();
        IsComplete = lines.Count > 0 && lines[^1].Flag("complete");
        Frames = [.. (IsComplete ? lines[..^1] : lines).Select(FrameOf)];
        Passes = [.. FindPasses()];
        Adapters = [.. FindAdapters()];
    }

    /// <summary>Where it lies.</summary>
    public string Folder { get; }

    /// <summary>Whether the recorder has ended it; false: the server was killed, or the recording had to end before the run.</summary>
    public bool IsComplete { get; }

    /// <summary>Every frame, in the order in which the server saw them.</summary>
    public IReadOnlyList<RecordedFrame> Frames { get; }

    /// <summary>Every pass, in the order of their first frames.</summary>
    public IReadOnlyList<RecordedPass> Passes { get; }

    /// <summary>Every adapter that travelled, in order.</summary>
    public IReadOnlyList<RecordedAdapter> Adapters { get; }

    /// <summary>A line of the run's plan, by its key; null where no session has got as far as the plan.</summary>
    public string? PlanLine(string key) => Frames.FirstOrDefault(frame => frame.Kind == "Plan")?.Facts.Text("settings")
        .Split('\n').FirstOrDefault(line => line.StartsWith(key + ":", StringComparison.Ordinal))?[(key.Length + 1)..].Trim();

    /// <summary>Reads the manifest.</summary>
    /// <exception cref="DataException">There is none, or a line of it is damaged.</exception>
    public static Recording Open(string folder) => new(folder);

    private IEnumerable<RecordedPass> FindPasses() =>
        from frame in Frames
        where frame.FromClient && FrameRole.ChannelOf(frame.Kind) == PassChannel.HiddenUp && frame.File is not null && !frame.Facts.Flag(FrameFacts.Malformed)
        group frame by frame.File into same
        let first = same.First()
        select new RecordedPass(
            first.Client,
            (int)first.Facts.Number("attempt"),
            first.Facts.Number("step"),
            first.Kind == "Forward" && !first.Facts.Flag("evaluate"),
            first.Facts.Numbers("lengths"),
            same.Key);

    private IEnumerable<RecordedAdapter> FindAdapters()
    {
        Dictionary<string, HashSet<string>> trained = [];
        foreach (var frame in Frames.Where(frame => frame.File is not null && !frame.Facts.Flag(FrameFacts.Malformed)))
        {
            if (frame is { FromClient: true, Kind: "Forward" } && !frame.Facts.Flag("evaluate"))
                Of(frame).Add(frame.File!);
            if (frame.Kind == FrameRole.AdapterEnd)
                yield return new RecordedAdapter(frame.Client, frame.FromClient, frame.File!) { PassesBefore = Of(frame).Count };
        }

        HashSet<string> Of(RecordedFrame frame) => trained.TryGetValue(frame.Client, out var files) ? files : trained[frame.Client] = [];
    }

    private RecordedFrame FrameOf(JsonNode line) => new(
        (line.Number("at") * 1000) + line.Number("at_us"),
        (int)line.Number("session"),
        line.Text("client"),
        line.Flag("from_client"),
        line.Text("kind"),
        line["facts"] ?? new JsonObject(),
        line.Number("bytes"),
        line["file"] is { } file ? Path.Combine(Folder, file.ToString()) : null);

    private JsonNode Parse(string text, int line)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject ?? throw new JsonException("no object");
        }
        catch (JsonException e)
        {
            throw new DataException(_manifest, line, string.Create(CultureInfo.InvariantCulture, $"{_manifest}:{line} is no line of a recording: {e.Message.Split('.')[0]}. Record the run again."), e);
        }
    }
}
