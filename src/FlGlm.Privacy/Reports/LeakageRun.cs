using FlGlm.Client.Defences;
using FlGlm.Client.Evaluation;
using FlGlm.Client.Events;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Privacy.Attacks;
using FlGlm.Privacy.Defences;
using FlGlm.Privacy.Evaluation;
using FlGlm.Privacy.Settings;
using FlGlm.Privacy.Tap;
using FlGlm.Server.Events;
using FlGlm.Server.Hosting;

namespace FlGlm.Privacy.Reports;

/// <summary>A split run of a server with a tap and one client in this process, and the attacks on what the tap has recorded.</summary>
/// <param name="client">the client's options; address and defence are set here, and there is one client, whatever the plan says</param>
/// <param name="privacy">what the client does so that the server learns less</param>
/// <param name="folder">for the recording and the secret of the client's noise; a new one</param>
public sealed class LeakageRun(ClientOptions client, PrivacySettings privacy, string folder)
{
    /// <summary>The folder of the recording.</summary>
    public string Recording { get; } = Path.Combine(folder, "tap");

    private RunPlan Plan => client.Plan with { Clients = new ClientsSettings { Expected = 1 } };

    /// <summary>Trains, and records what the server sees.</summary>
    /// <exception cref="FlGlmException">The run has failed.</exception>
    public async Task<RunUtility> RecordAsync(CancellationToken ct = default)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var listening = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var recorder = new Recorder(Recording);
        RunUtility? utility = null;
        await using (recorder.ConfigureAwait(false))
        {
            await Task.WhenAll(
                EndTogetherAsync(() => ServeAsync(recorder, listening, over.Token), over),
                EndTogetherAsync(async () => utility = await TrainAsync(await listening.Task.WaitAsync(over.Token).ConfigureAwait(false), over.Token).ConfigureAwait(false), over)).ConfigureAwait(false);
        }

        return utility!;
    }

    /// <summary>Attacks the recording, with controls. Computes on the calling thread.</summary>
    /// <param name="shadow">the attacker's own files of rows, in the form of the client's</param>
    /// <param name="rows">the first rows of the client, and of the shadow set four times as many</param>
    /// <param name="progress">called with a line before each attack</param>
    /// <exception cref="FlGlmException">The recording is incomplete, there are no shadow rows, or a file cannot be used.</exception>
    public AttackReport Attack(IReadOnlyList<string> shadow, int rows, AttackSettings settings, Action<string>? progress = null, CancellationToken ct = default)
    {
        if (!Tap.Recording.Open(Recording).IsComplete)
            throw new DataException(Recording, null, $"'{Recording}' is incomplete: the recording ended before the run. Free some disk space, and record the run again.");
        var options = new AttackOptions
        {
            Recording = Recording, Model = client.Model, Plan = Plan, Privacy = privacy, Defence = OpenDefence(), Data = client.Data, Shadow = shadow, MaxRows = rows, Settings = settings,
            Matching = new MatchingSettings { Rows = 0 },
        };
        return new AttackEvaluation(options).Run(progress, ct);
    }

    private IBoundaryDefence? OpenDefence() => privacy.IsOn ? PrivacyDefence.Open(privacy, Path.Combine(folder, "privacy"), client.Model) : null;

    private async Task ServeAsync(Recorder recorder, TaskCompletionSource<string> listening, CancellationToken ct)
    {
        var server = new FlGlmServer(new ServerOptions { Model = client.Model, Plan = Plan, Compute = client.Compute, Server = new ServerSettings { Listen = "127.0.0.1:0" }, Tap = recorder });
        await foreach (var happened in server.RunAsync(ct).ConfigureAwait(false))
        {
            if (happened is ServerEvent.Listening { Address: var address })
                listening.TrySetResult(address);
        }
    }

    private async Task<RunUtility> TrainAsync(string address, CancellationToken ct)
    {
        ValidationResult? last = null;
        var run = new FlGlmClient(client with { Plan = Plan, Defence = OpenDefence(), LengthBuckets = privacy.LengthBuckets, Client = client.Client with { Connect = address } });
        await foreach (var happened in run.RunAsync(ct).ConfigureAwait(false))
        {
            if (happened is ClientEvent.Validated { Loss: var validation })
                last = validation;
        }

        return new RunUtility(last?.Loss, (last?.Metrics ?? []).ToDictionary(metric => metric.Name, metric => metric.Value));
    }

    /// <summary>Where one side fails, the other is cancelled.</summary>
    private static async Task EndTogetherAsync(Func<Task> side, CancellationTokenSource over)
    {
        try
        {
            await Task.Run(side, over.Token).ConfigureAwait(false);
        }
        catch
        {
            await over.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }
}
