using FlGlm.Core.Configuration;
using FlGlm.Core.Planning;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using FlGlm.Server.Events;

namespace FlGlm.Server.Sessions;

/// <summary>The beginning of a session: what the client wants, the plan, and which tensors both sides hold.</summary>
internal static class SessionAgreement
{
    /// <param name="receiver">of a session that has received nothing yet</param>
    /// <returns>null for a client that only asked for the server's status, and has it</returns>
    /// <exception cref="ProtocolException">The client asks for what it may not have, or holds other weights.</exception>
    /// <exception cref="RedirectException">Another server of the run takes the client.</exception>
    public static async Task<SessionHello?> MakeAsync(IFrameChannel channel, SessionReceiver receiver, SessionDependencies server, CancellationToken ct)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(server.Closing, ct);
        using var frame = await receiver.ReceiveAsync(waiting.Token).ConfigureAwait(false);
        if (frame.Kind == FrameKind.StatusRequest)
        {
            await SessionClose.SendStatusAsync(channel, receiver.Inbox, StatusOf(server)).ConfigureAwait(false);
            return null;
        }

        if (frame.Kind is not (FrameKind.Join or FrameKind.Resume))
            throw receiver.Unexpected(frame);
        var (join, resume) = frame.Kind == FrameKind.Join ? (frame.Parse<Join>(), (Resume?)null) : (null, frame.Parse<Resume>());
        if (join is not null)
            JoinRules.Check(join, server.Plan, server.Settings);
        else
            JoinRules.Check(resume!, server.Plan, server.Settings);
        var generates = join?.Generate == true;
        if (!generates && server.Cluster is { } cluster && await cluster.OtherAddressAsync(channel.Peer.Name, waiting.Token).ConfigureAwait(false) is { } address)
            throw new RedirectException(address);
        var plan = new Plan
        {
            Version = BuildVersion.Current,
            Settings = PlanText.Write(generates ? server.Plan with { RunId = "" } : server.Plan),
            PingEveryS = server.PingPeriod.TotalSeconds,
            MaxFrameBytes = server.Settings.MaxFrameBytes,
        };
        receiver.State = SessionState.Planned;
        await channel.SendAsync(FrameKind.Plan, plan, null, ct).ConfigureAwait(false);
        using var reply = await receiver.ExpectAsync(FrameKind.PlanAccepted, waiting.Token).ConfigureAwait(false);
        var accepted = reply.Parse<PlanAccepted>();
        var comparison = (generates ? server.GenerationContent : server.TrainingContent).Compare(accepted);
        server.Events.Report(new ServerEvent.ContentCompared(channel.Peer.Name, comparison));
        var agreed = new ContentAgreed { Compared = comparison.Compared, OnlyServer = comparison.OnlyServer, OnlyClient = comparison.OnlyClient };
        await channel.SendAsync(FrameKind.ContentAgreed, agreed, null, ct).ConfigureAwait(false);
        return new SessionHello(generates, join?.Samples ?? resume!.Samples, resume, accepted);
    }

    private static ServerStatus StatusOf(SessionDependencies server) => new()
    {
        Version = BuildVersion.Current,
        RunId = server.Settings.GenerateOnly ? "" : server.Plan.RunId,
        UnixMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
        Clients = server.Plan.Clients.Expected,
    };
}
