using System.Text.Json;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Processes;

/// <summary>A tiny model, a text, and the command lines of the sides that train on them; every side has its own run directory and keys.</summary>
internal sealed class SplitFolder : IDisposable
{
    /// <summary>Matches losses of a first step: near ln 259.</summary>
    public static readonly TinyLlama Model = new() { Hidden = 32, Blocks = 3, Vocabulary = ByteTokenizer.Size, Deviation = 0.1 };

    private const string Config =
        """
        model: {path: MODEL}
        peft: {lora: {rank: 4, targets: [q_proj, v_proj, down_proj]}, prefix: {length: 8}}
        optimizer: {learning_rate: 1e-2}
        training: {steps: 6, batch_size: 4}
        crypto: {rekey_every: 4}
        compute: {threads: 1}
        data: {train: [TEXT], max_length: 32}
        run: {log_every: 1}
        """;

    private readonly TempFolder _folder = new();
    private readonly string _config;

    public SplitFolder()
    {
        WriteModel("model", Model);
        _folder.Write("text.txt", string.Concat(Enumerable.Range(1, 40).Select(day => $"On day {day} the ferry crossed {day * 7 % 13} times. ")));
        _config = _folder.Write("run.yaml", Config.Replace("MODEL", At("model"), StringComparison.Ordinal).Replace("TEXT", At("text.txt"), StringComparison.Ordinal));
    }

    /// <summary>Whether all sides run with <c>--insecure</c>.</summary>
    public bool Insecure { get; init; }

    /// <summary>The clients on the server's list of known peers.</summary>
    public IReadOnlyList<string> Clients { get; init; } = ["ada"];

    public string At(params string[] parts) => _folder.At(parts);

    public string Write(string name, byte[] content) => _folder.Write(name, content);

    /// <summary>Writes a checkpoint with a tokenizer of bytes.</summary>
    public string WriteModel(string name, TinyLlama model)
    {
        model.Write(At(name));
        File.WriteAllBytes(At(name, "tokenizer.model"), ByteTokenizer.Model());
        return At(name);
    }

    /// <summary>A server on a port that the system chooses, unless <paramref name="settings"/> name one.</summary>
    public string[] Server(params string[] settings)
    {
        if (!Insecure)
            Identities.Write(At("server-keys"), "server", Clients);
        return Side("server", "server", [$"server.listen=127.0.0.1:0", .. Together, .. settings]);
    }

    public string[] Client(string name, string address, params string[] settings)
    {
        if (!Insecure)
            Identities.Write(At($"{name}-keys"), name, "server");
        return Side("client", name, [$"client.name={name}", $"client.connect={address}", .. Together, .. settings]);
    }

    /// <summary>How many clients there are and, of several, their seats.</summary>
    private string[] Together => Clients.Count > 1 ? [$"clients.expected={Clients.Count}", $"clients.names=[{string.Join(", ", Clients)}]", "clients.when_lost=drop"] : ["clients.expected=1"];

    /// <summary>The same, centralised.</summary>
    public string[] Train(params string[] settings) => ["train", .. Common("train", settings)];

    /// <summary>Attacks on what a server of this folder has recorded.</summary>
    public string[] Attack(string tap, string[] options, params string[] settings) => ["attack", "--tap", At(tap), .. options, .. Common("attack", settings)];

    /// <summary>A grid of runs, each a server and clients, beside a baseline.</summary>
    public string[] Bench(string[] options, params string[] settings) => ["bench", "superglue", .. options, .. Common("bench", settings)];

    /// <summary>A grid of runs, each a server and clients.</summary>
    public string[] Simulate(string[] options, params string[] settings) => ["simulate", .. options, .. Common("simulate", settings)];

    /// <summary>Generation with a server, or with the whole model in one process.</summary>
    public string[] Generate(string name, string? address, string[] options, params string[] settings) => address is null
        ? ["generate", "--local", .. options, .. Common(name, settings)]
        : [.. Side("generate", name, [$"client.name={name}", $"client.connect={address}", .. settings]), .. options];

    /// <summary>Evaluation with a server, or with the whole model in one process.</summary>
    public string[] Evaluate(string[] options, string[] settings, string? address = null) =>
        ["evaluate", .. address is null ? ["--local"] : new[] { "--insecure" }, .. options, .. Common("train", address is null ? settings : [$"client.connect={address}", .. settings])];

    /// <summary>The losses of a run as written in its metrics: digits that read back as the same float.</summary>
    public IReadOnlyList<string> Losses(string run) =>
        [.. File.ReadLines(At(run, "metrics.jsonl")).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("loss").GetRawText())];

    /// <summary>The validation losses of a run.</summary>
    public IReadOnlyList<double> ValidationLosses(string run) =>
        [.. File.ReadLines(At(run, "validation.jsonl")).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("loss").GetDouble())];

    /// <summary>A server and a client, each with the same settings, from beginning to end.</summary>
    /// <param name="here">whether both may run in this process, which starts faster</param>
    public async Task SplitAsync(string client, string[] settings, bool here)
    {
        await using RunningFlGlm server = here ? InProcessFlGlm.Start(Server(settings)) : FlGlmProcess.Start(Server(settings));
        var address = await server.AddressAsync();
        await using RunningFlGlm other = here ? InProcessFlGlm.Start(Client(client, address, settings)) : FlGlmProcess.Start(Client(client, address, settings));
        await other.ExitsWithAsync(0);
        await server.ExitsWithAsync(0);
        Assert.Empty(HalfWritten());
    }

    /// <summary>The files that a run wrote at its end.</summary>
    public string Adapter(string run) => At(run, "adapter");

    /// <summary>Unfinished (temporary) files, of one side or of all.</summary>
    public IEnumerable<string> HalfWritten(string side = "") => Directory.EnumerateFileSystemEntries(At(side), "*.tmp", SearchOption.AllDirectories);

    public void Dispose() => _folder.Dispose();

    private string[] Side(string command, string name, string[] settings) => Insecure
        ? [command, "--insecure", .. Common(name, settings)]
        : [command, .. Common(name, [$"keys.identity={At($"{name}-keys", "identity.key")}", $"keys.known_peers={At($"{name}-keys", "known_peers")}", .. settings])];

    private IEnumerable<string> Common(string run, IEnumerable<string> settings) =>
        ["--config", _config, .. settings.Prepend($"run.directory={At(run)}").SelectMany(setting => new[] { "--set", setting })];
}
