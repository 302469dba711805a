using System.Collections.Concurrent;
using System.Globalization;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Peft;
using FlGlm.Server.Participants;

namespace FlGlm.Server.Recovery;

/// <summary>
/// The middles after steps that clients have evaluated, each kept until its client names the best at its end: the server learns the number of that
/// step, and nothing of how the others turned out. They are files where the run has checkpoints, and else in memory.
/// </summary>
/// <param name="folder">empty = in memory</param>
/// <param name="maxBytes">the most of one client</param>
internal sealed class KeptMiddles(string folder, long maxBytes) : IDisposable
{
    private readonly ConcurrentDictionary<(int Seat, int Step), ParameterSet> _inMemory = [];

    /// <summary>Writes a client's best step where the trained values are written: the number of the step, and its middle.</summary>
    public Func<Participant, int, ParameterSet, Task> Save { get; init; } = (_, _, _) => Task.CompletedTask;

    /// <summary>A run begins: what an earlier one has left is removed.</summary>
    public void Clear()
    {
        if (folder.Length > 0 && Directory.Exists(folder))
            AtomicFile.Guard(folder, () => Directory.Delete(folder, recursive: true));
    }

    /// <summary>Refuses a client before its first middle is kept, rather than at a later one.</summary>
    /// <param name="step">the one to keep now</param>
    /// <param name="most">how many it will have kept at its end, as it says</param>
    /// <exception cref="ProtocolException">They take more than it may have.</exception>
    public void Expect(Participant client, int step, IReadOnlyList<NamedParameter> middle, int most)
    {
        var bytes = middle.Sum(parameter => parameter.Value.numel() * parameter.Value.element_size());
        most = Math.Max(most, Steps(client.Seat).Append(step).Distinct().Count());
        if (bytes > 0 && most > maxBytes / bytes)
        {
            throw new ProtocolException(
                FaultCode.CacheFull,
                $"'{client.Name}' wants {most:N0} middles of {bytes:N0} bytes kept for its best step; the server keeps {maxBytes:N0} bytes for a client (server.max_kept_bytes). Evaluate less often (client.eval_every).");
        }
    }

    /// <summary>Keeps a middle; when the task is complete it survives the process, if the run does.</summary>
    /// <param name="step">steps that the client has taken; one that is kept already has the same values</param>
    /// <param name="values">from now on owned by this object</param>
    public Task AddAsync(int seat, int step, ParameterSet values)
    {
        if (folder.Length == 0)
        {
            if (!_inMemory.TryAdd((seat, step), values))
                values.Dispose();
            return Task.CompletedTask;
        }

        return Task.Run(() =>
        {
            using (values)
                SafetensorsWriter.Write(PathOf(seat, step), values.ByName());
        });
    }

    /// <summary>The middle after a step of a client; the caller disposes it.</summary>
    /// <exception cref="ProtocolException">It was not kept.</exception>
    public ParameterSet Read(int seat, int step, IReadOnlyList<ParameterSpec> specs)
    {
        if (_inMemory.TryGetValue((seat, step), out var kept))
            return new ParameterSet([.. kept.Tensors.Select(tensor => (tensor.Name, tensor.Value.alias()))]);
        var path = PathOf(seat, step);
        if (folder.Length == 0 || !File.Exists(path))
            throw new ProtocolException(FaultCode.WrongStep, $"The middle after step {step} of this client was not kept.");
        using var file = TensorFile.Open(path);
        return new ParameterSet([.. specs.Select(spec => (spec.Name, file.Read(spec.Name)))]);
    }

    /// <summary>A client has its results.</summary>
    public void Forget(int seat)
    {
        foreach (var key in _inMemory.Keys.Where(key => key.Seat == seat).ToList())
        {
            if (_inMemory.TryRemove(key, out var kept))
                kept.Dispose();
        }

        foreach (var step in Steps(seat))
            AtomicFile.Guard(PathOf(seat, step), () => File.Delete(PathOf(seat, step)));
    }

    public void Dispose()
    {
        foreach (var kept in _inMemory.Values)
            kept.Dispose();
        _inMemory.Clear();
    }

    /// <summary>The steps of a client whose middles are kept.</summary>
    private List<int> Steps(int seat) => folder.Length == 0
        ? [.. _inMemory.Keys.Where(key => key.Seat == seat).Select(key => key.Step)]
        : Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder, $"{NameOf(seat)}*.safetensors").Select(path => int.Parse(Path.GetFileNameWithoutExtension(path)[NameOf(seat).Length..], CultureInfo.InvariantCulture))]
            : [];

    private string PathOf(int seat, int step) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{NameOf(seat)}{step:d6}.safetensors"));

    private static string NameOf(int seat) => string.Create(CultureInfo.InvariantCulture, $"seat-{seat}-step-");
}
