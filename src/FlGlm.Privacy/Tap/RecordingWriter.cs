using System.Text;
using System.Text.Json.Nodes;
using FlGlm.Core.Configuration;
using FlGlm.Server.Tap;
using static TorchSharp.torch;

namespace FlGlm.Privacy.Tap;

/// <summary>Writes the files of a recording. One thread uses it.</summary>
internal sealed class RecordingWriter : IDisposable
{
    public const string Manifest = "manifest.jsonl";

    private readonly StreamWriter _manifest;
    private readonly Dictionary<string, OpenFile> _passes = [];
    private readonly Dictionary<(int Session, bool FromClient), OpenFile> _adapters = [];
    private readonly Dictionary<string, long> _attempts = [];
    private readonly HashSet<int> _generating = [];
    private int _files;
    private long _frames;

    public RecordingWriter(string folder)
    {
        Folder = folder;
        var path = Path.Combine(folder, Manifest);
        if (File.Exists(path))
            throw new ConfigurationException("server.tap", $"'{folder}' holds a recording already; name another folder.");
        try
        {
            Directory.CreateDirectory(folder);
            _manifest = new StreamWriter(path, append: false, new UTF8Encoding(false)) { AutoFlush = true };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException("server.tap", $"'{folder}' cannot be written: {e.Message}");
        }
    }

    public string Folder { get; }

    /// <param name="tensor">from now on owned by this object</param>
    public void Add(TappedFrame frame, JsonNode facts, Tensor? tensor)
    {
        var line = new JsonObject
        {
            ["frame"] = ++_frames,
            ["at"] = frame.At.ToUnixTimeMilliseconds(),
            ["at_us"] = frame.At.Ticks / 10 % 1000,
            ["session"] = frame.Session,
            ["client"] = frame.Client,
            ["from_client"] = frame.FromClient,
            ["kind"] = frame.Kind,
            ["bytes"] = frame.Bytes,
            ["shape"] = frame.Tensor is { } info ? new JsonArray([.. info.Shape.Select(dim => (JsonNode)dim)]) : null,
            ["facts"] = facts,
        };
        var isMalformed = facts.Flag(FrameFacts.Malformed);
        if (frame.Kind == "Join" && facts.Flag("generate"))
            _generating.Add(frame.Session);
        if (isMalformed && tensor is not null)
            (line["file"], line["tensor"]) = KeepApart(frame, tensor);
        else if (!isMalformed && (tensor is not null || frame.Kind == FrameRole.AdapterEnd))
            (line["file"], line["tensor"]) = Keep(frame, facts, tensor);
        _manifest.WriteLine(line.ToJsonString());
        if (!isMalformed && IsLastOfPass(frame.Kind, facts) is { } key && _passes.Remove(key, out var pass))
            pass.Write(Folder);

        string? IsLastOfPass(string kind, JsonNode of) => kind switch
        {
            "BackwardReply" => KeyOf(frame, of),
            "ForwardReply" when _passes.GetValueOrDefault(KeyOf(frame, of)) is { HasNoGradient: true } => KeyOf(frame, of),
            _ => null,
        };
    }

    /// <summary>Writes what is open, and the manifest's last line, by which a reader knows that nothing is missing.</summary>
    public void Complete()
    {
        foreach (var file in _passes.Values.Concat(_adapters.Values))
            file.Write(Folder);
        _passes.Clear();
        _adapters.Clear();
        _manifest.WriteLine(new JsonObject { ["complete"] = true, ["frames"] = _frames }.ToJsonString());
    }

    public void Dispose()
    {
        foreach (var file in _passes.Values.Concat(_adapters.Values))
            file.Dispose();
        _manifest.Dispose();
    }

    private (string? File, string? Tensor) Keep(TappedFrame frame, JsonNode facts, Tensor? tensor)
    {
        if (FrameRole.ChannelOf(frame.Kind) is { } channel)
        {
            var key = KeyOf(frame, facts);
            if (!_passes.TryGetValue(key, out var pass))
                _passes[key] = pass = new OpenFile(Next("passes")) { HasNoGradient = frame.Kind != "Forward" || facts.Flag("evaluate") };
            pass.Add(channel.ToString(), tensor!);
            return (pass.Name, channel.ToString());
        }

        var side = (frame.Session, frame.FromClient);
        if (frame.Kind == FrameRole.AdapterPiece)
        {
            if (!_adapters.TryGetValue(side, out var adapter))
                _adapters[side] = adapter = new OpenFile(Next("adapters"));
            var name = facts.Text("name");
            adapter.AddPiece(name, facts.Numbers("dims"), tensor!);
            return (adapter.Name, name);
        }

        if (frame.Kind == FrameRole.AdapterEnd)
        {
            if (!_adapters.Remove(side, out var adapter))
                return (null, null);
            adapter.Write(Folder);
            return (adapter.Name, null);
        }

        return KeepApart(frame, tensor!);
    }

    /// <summary>A tensor that belongs to no pass and no adapter.</summary>
    private (string File, string Tensor) KeepApart(TappedFrame frame, Tensor tensor)
    {
        var other = new OpenFile(Next("other"));
        other.Add(frame.Kind, tensor);
        other.Write(Folder);
        return (other.Name, frame.Kind);
    }

    /// <summary>Passes of a client that trains go on over its sessions; those of one that generates do not.</summary>
    private string KeyOf(TappedFrame frame, JsonNode facts)
    {
        if (_generating.Contains(frame.Session))
            return $"{frame.Client}/session {frame.Session}/{facts.Number("step")}";
        if (frame.FromClient)
            _attempts[frame.Client] = facts.Number("attempt");
        return $"{frame.Client}/{_attempts.GetValueOrDefault(frame.Client)}/{facts.Number("step")}";
    }

    private string Next(string kind) => FormattableString.Invariant($"{kind}/{++_files:D6}.safetensors");
}
