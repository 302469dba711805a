using System.Security.Cryptography;
using FlGlm.Core.Crypto;

namespace FlGlm.Core.Tests.Crypto;

public sealed class RsaKeyPoolTests
{
    [Fact]
    public async Task A_key_generation_that_failed_is_tried_again()
    {
        var made = 0;
        await using var pool = new RsaKeyPool(1, () => made++ == 0 ? throw new CryptographicException("no entropy") : TestKeys.Remake(ref made));

        using var first = await TakeAsync(pool);
        using var second = await TakeAsync(pool);

        Assert.NotEmpty(first.PublicKey);
        Assert.NotEmpty(second.PublicKey);
    }

    [Fact]
    public async Task A_key_generation_that_fails_again_is_an_error_of_every_caller()
    {
        await using var pool = new RsaKeyPool(1, () => throw new CryptographicException("no entropy"));

        for (var call = 0; call < 3; call++)
        {
            var thrown = await Assert.ThrowsAsync<CryptographicException>(() => TakeAsync(pool));
            Assert.Equal("no entropy", thrown.Message);
        }
    }

    private static Task<RsaKeyPair> TakeAsync(RsaKeyPool pool) => pool.TakeAsync(CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(20));
}
