using FlGlm.Client.Data;
using FlGlm.Client.Defences;
using FlGlm.Client.Sessions;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Privacy.Defences;
using FlGlm.Privacy.Settings;
using FlGlm.Server.Events;
using FlGlm.Server.Hosting;
using FlGlm.Testing;

namespace FlGlm.Privacy.Tests.Noise;

/// <summary>Runs of a tiny model, whose clients have six rows each, with and without defences.</summary>
internal sealed class DefendedRun : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _model;

    public DefendedRun() => _model = new TinyLlama { Hidden = 16, Vocabulary = 32, MaxPositions = 64 }.Write(_folder.At("model"));

    /// <summary>Three epochs' steps of two rows each.</summary>
    public RunPlan Plan { get; init; } = new()
    {
        Peft = new PeftSettings { Lora = new LoraSettings { Rank = 2 }, Prefix = new PrefixSettings { Length = 3 } },
        Training = new TrainingSettings { Steps = 9, BatchSize = 2 },
    };

    /// <summary>Of all clients; none = rows are not padded.</summary>
    public IReadOnlyList<int> LengthBuckets { get; init; } = [];

    /// <summary>Whether each step has a sample of the rows.</summary>
    public DataSampler Sampler { get; init; }

    /// <summary>How many tokens each row has more than the one before.</summary>
    public int Longer { get; init; } = 1;

    /// <summary>The plan with LoRA in the middle's blocks alone, so that head and tail do not train.</summary>
    public static RunPlan Frozen(RunPlan plan) => plan with { Peft = plan.Peft with { Lora = plan.Peft.Lora with { Layers = [1, 2] } } };

    public string Folder(string name) => _folder.At(name);

    /// <summary>Trains in one process. With checkpoints there is one after every step, which waits for whoever reads the events: a stop comes in time.</summary>
    public Task<Trained> TrainAsync(IBoundaryDefence? defence, string checkpoints = "", bool resume = false, int stopAfter = int.MaxValue)
    {
        var options = new TrainerOptions
        {
            Model = _model, Plan = Plan with { Checkpoint = Plan.Checkpoint with { Every = 1 } }, Data = new DataSettings { Sampler = Sampler }, Examples = Rows(0), Defence = defence, LengthBuckets = LengthBuckets, Compute = new ComputeSettings { Threads = 1 }, Output = _folder.At($"out-{Guid.NewGuid():N}"),
            Checkpoints = checkpoints.Length > 0 ? _folder.At(checkpoints) : "", Resume = resume,
        };
        return FollowAsync(new LocalTrainer(options), options.Output, stopAfter);
    }

    /// <summary>Trains with a server and clients over the loopback interface.</summary>
    /// <param name="defences">a client each</param>
    public async Task<Trained[]> SplitAsync(params IBoundaryDefence?[] defences)
    {
        var plan = Plan with { Clients = Plan.Clients with { Expected = defences.Length, Names = [.. defences.Select((_, client) => $"client-{client}")] } };
        var compute = new ComputeSettings { Threads = 1 };
        var server = new FlGlmServer(new ServerOptions { Model = _model, Plan = plan, Compute = compute, Server = new ServerSettings { Listen = "127.0.0.1:0" } });
        var clients = Task.FromResult(Array.Empty<Trained>());
        await foreach (var happened in server.RunAsync())
        {
            if (happened is ServerEvent.Listening { Address: var address })
                clients = Task.WhenAll(defences.Select((defence, client) => JoinAsync(client, defence, address)));
        }

        return await clients;

        Task<Trained> JoinAsync(int client, IBoundaryDefence? defence, string address)
        {
            var options = new ClientOptions
            {
                Model = _model, Plan = plan, Data = new DataSettings { Sampler = Sampler }, Examples = Rows(client), Defence = defence, LengthBuckets = LengthBuckets, Compute = compute, Output = _folder.At($"out-{Guid.NewGuid():N}"),
                Client = new ClientSettings { Name = $"client-{client}", Connect = address },
            };
            return FollowAsync(new FlGlmClient(options), options.Output);
        }
    }

    /// <summary>A defence whose secret and ledger lie in a folder.</summary>
    public PrivacyDefence Open(PrivacySettings settings, string folder = "privacy") => PrivacyDefence.Open(settings, _folder.At(folder), _model);

    public void Dispose() => _folder.Dispose();

    private Example[] Rows(int client)
    {
        var random = new Random(client);
        return [.. Enumerable.Range(0, 6).Select(row => Enumerable.Range(0, 4 + (Longer * row)).Select(_ => random.Next(1, 32)).ToArray()).Select(ids => new Example(ids, ids))];
    }

    private static async Task<Trained> FollowAsync(FlGlmRun run, string output, int stopAfter = int.MaxValue)
    {
        var (losses, epsilons, notes, failure) = (new List<float>(), new List<double?>(), new List<string>(), (FlGlmException?)null);
        try
        {
            await foreach (var happened in run.RunAsync())
            {
                if (happened is StepReport step)
                {
                    losses.Add(step.Loss);
                    epsilons.Add(step.Epsilon);
                }
                else
                {
                    notes.Add(happened.ToString()!);
                }

                if (losses.Count >= stopAfter)
                    run.Stop();
            }
        }
        catch (FlGlmException e)
        {
            failure = e;
        }

        var adapter = Path.Combine(output, "adapter_model.safetensors");
        return new Trained(losses, epsilons, File.Exists(adapter) ? File.ReadAllBytes(adapter) : [], notes, failure);
    }
}
