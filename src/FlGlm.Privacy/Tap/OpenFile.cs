using FlGlm.Core.Checkpoints;
using static TorchSharp.torch;

namespace FlGlm.Privacy.Tap;

/// <summary>A file of tensors that come one by one.</summary>
/// <param name="name">below the recording's folder</param>
internal sealed class OpenFile(string name) : IDisposable
{
    private readonly Dictionary<string, Tensor> _tensors = [];
    private readonly Dictionary<string, (int[] Dims, List<Tensor> Pieces)> _pieces = [];

    public string Name => name;

    /// <summary>Of a pass: an evaluation, which ends with hN-2.</summary>
    public bool HasNoGradient { get; init; }

    /// <summary>Adds a tensor; one that comes again, over another connection, is the same, and is dropped.</summary>
    public void Add(string tensor, Tensor value)
    {
        if (!_tensors.TryAdd(tensor, value))
            value.Dispose();
    }

    /// <summary>Adds the next piece of a tensor.</summary>
    public void AddPiece(string tensor, int[] dims, Tensor piece)
    {
        if (!_pieces.TryGetValue(tensor, out var pieces))
            _pieces[tensor] = pieces = (dims, []);
        pieces.Pieces.Add(piece);
    }

    public void Write(string folder)
    {
        using var scope = NewDisposeScope();
        var all = new Dictionary<string, Tensor>(_tensors);
        foreach (var (tensor, (dims, pieces)) in _pieces)
        {
            var flat = cat([.. pieces.Select(piece => piece.flatten())], 0);
            var isWhole = flat.numel() == dims.Aggregate(1L, (product, dim) => product * dim);
            all[tensor] = isWhole ? flat.view([.. dims.Select(dim => (long)dim)]) : flat; // its session has ended in the midst of it
        }

        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        SafetensorsWriter.Write(path, all);
        Dispose();
    }

    public void Dispose()
    {
        foreach (var value in _tensors.Values.Concat(_pieces.Values.SelectMany(pieces => pieces.Pieces)))
            value.Dispose();
        _tensors.Clear();
        _pieces.Clear();
    }
}
