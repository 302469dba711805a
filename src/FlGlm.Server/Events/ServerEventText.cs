using static FlGlm.Core.Events.EventWords;

namespace FlGlm.Server.Events;

/// <summary>The events of a server in words.</summary>
internal static class ServerEventText
{
    public static string Of(ServerEvent happened) => happened switch
    {
        ServerEvent.Listening { RunId: "" } listening => $"listening on {listening.Address}, {Seal(listening.Sealed)}, for generation only",
        ServerEvent.Listening listening => $"listening on {listening.Address}, {Seal(listening.Sealed)}, for {listening.Clients} client(s); run {listening.RunId}",
        ServerEvent.ContentCompared compared => $"weights of {compared.Client}: {compared.Comparison}",
        ServerEvent.ClientJoined joined => $"{joined.Client} joined with {joined.Samples} rows",
        ServerEvent.Started started => $"the run starts: {string.Join(", ", started.Clients.Select((client, index) => $"{index + 1} {client}"))}",
        ServerEvent.Redirected redirected => $"{redirected.Client} is another server's: sent to {redirected.Address}",
        ServerEvent.StatusAsked asked => $"{asked.Client} has asked what this server is",
        ServerEvent.GenerationStarted generating => $"{generating.Client} generates",
        ServerEvent.GenerationEnded ended => $"{ended.Client} no longer generates",
        ServerEvent.CachesHeld held => $"keys and values of generating clients: {held.Bytes} bytes",
        ServerEvent.TurnStarted turn => $"round {turn.Round}: {turn.Client}'s turn",
        ServerEvent.WaitingFor waiting => $"waiting for {waiting.What} from {waiting.Client}, {Waited(waiting.Waited, waiting.Limit)}",
        ServerEvent.RoundAveraged round => $"round {round.Round}: averaged the adapters of {round.Clients} clients",
        ServerEvent.ClientFinished finished => $"{finished.Client} has its results and left",
        ServerEvent.StepServed step => Text($"{step.Client} step {step.Step}/{step.Steps}, {step.Seconds.Total:F2} s"),
        ServerEvent.WaitingForLost lost =>
            Text($"the others wait for {lost.Client}, for up to {lost.Limit.TotalSeconds:0.###} s (clients.rejoin_timeout_s); letting it go makes them go on"),
        ServerEvent.RolledBack back => $"{back.Client} goes on from the checkpoint at {back.Place}",
        ServerEvent.ClientLost lost => $"{lost.Client} is gone: {lost.Reason}",
        _ => happened.GetType().Name,
    };
}
