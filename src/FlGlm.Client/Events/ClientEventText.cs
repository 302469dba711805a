using FlGlm.Client.Training;
using static FlGlm.Core.Events.EventWords;

namespace FlGlm.Client.Events;

/// <summary>The events of a client in words.</summary>
internal static class ClientEventText
{
    public static string Of(ClientEvent happened) => happened switch
    {
        ClientEvent.DataRead read => $"data {read.Report}",
        ClientEvent.Partitioned { Partition: var all } => Text($"partition: part {all.Settings.Index} of {all.Settings.Parts}, {all.Own.Rows} of {all.Rows} rows"),
        ClientEvent.Retrying { Attempt: var attempt } => Text($"no server at {attempt.Address} yet ({attempt.Reason}); trying again in {attempt.Delay.TotalSeconds:F1} s"),
        ClientEvent.Connected connected => $"connected to {connected.Server}, {Seal(connected.Sealed)}",
        ClientEvent.ConnectionLost lost => $"the connection is lost: {lost.Reason}",
        ClientEvent.Redirected redirected => $"another server of this run takes this client: going to {redirected.Address}",
        ClientEvent.Resumed => "connected again: the run goes on where it was",
        ClientEvent.RolledBack back => $"back to the checkpoint after step {back.Step}",
        ClientEvent.ContentCompared compared => $"weights: {compared.Comparison}",
        ClientEvent.Queued queued => $"waiting for the turn: place {queued.Position} of {queued.Waiting}",
        ClientEvent.WaitingFor waiting => $"waiting for {waiting.For}{(waiting.Waited > TimeSpan.Zero ? ", " + Waited(waiting.Waited, waiting.Limit) : "")}",
        ClientEvent.TurnStarted turn => $"round {turn.Round}: our turn",
        ClientEvent.TurnEnded turn => $"round {turn.Round}: head and tail sent, waiting for the other clients",
        ClientEvent.Averaged averaged => $"round {averaged.Round}: head and tail are now the average of all clients",
        ClientEvent.KeysRenewed renewed => $"new keys after step {renewed.Step}",
        ClientEvent.Validating validating => $"validating after step {validating.Step}",
        ClientEvent.Validated validated => $"validation loss after step {validated.Step}: {validated.Loss}{(validated.IsBest ? ", the best so far" : "")}",
        ClientEvent.AdapterNorms norms => Text($"norms of {norms.Norms.Count} trained tensors after step {norms.Step}: {norms.Norms.DefaultIfEmpty().Min():G4} to {norms.Norms.DefaultIfEmpty().Max():G4}"),
        ClientEvent.EndedEarly { Best: var best } => Text(
            $"trained enough: none of {best.Waited} validations was better than that after step {best.Step} ({best.Criterion} {best.Value:F4}; client.patience)"),
        ClientEvent.Ended ended => $"{ended.Outcome} after {ended.Steps} steps; {ended.BytesSent} bytes sent, {ended.BytesReceived} received in all",
        ClientEvent.PlanAccepted accepted => OfPlan(accepted),
        StepReport step => Text($"{step.Client} step {step.Step}/{step.Steps}: loss {step.Loss:F4}"),
        _ => happened.GetType().Name,
    };

    private static string OfPlan(ClientEvent.PlanAccepted accepted)
    {
        var (plan, training) = (accepted.Plan, accepted.Plan.Training);
        var length = training.Epochs > 0 ? Text($"{training.Epochs} epochs") : $"{training.Steps} steps";
        return $"run {plan.RunId}: the server's plan fits: {training.Rounds} rounds of {length}, {plan.Clients.Expected} clients";
    }
}
